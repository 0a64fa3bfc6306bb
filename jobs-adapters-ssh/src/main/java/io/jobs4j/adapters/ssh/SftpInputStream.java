package io.jobs4j.adapters.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import net.schmizz.sshj.common.SSHRuntimeException;
import net.schmizz.sshj.sftp.RemoteFile;
import net.schmizz.sshj.sftp.SFTPException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a file with several requests under way. Not safe for use by several threads. */
final class SftpInputStream extends InputStream {
  private static final Logger log = LoggerFactory.getLogger(SftpInputStream.class);

  private final SftpSession session;
  private final RemoteFile file;
  private final InputStream content;
  private final byte[] buffer = new byte[SftpFiles.BLOCK];
  private int position;
  private int limit;
  private boolean closed;

  /**
   * @param session in use by the caller; closing the stream gives it back
   */
  SftpInputStream(SftpSession session, RemoteFile file, long offset, long length) {
    this.session = session;
    this.file = file;
    this.content =
        length > offset
            ? file.new ReadAheadRemoteFileInputStream(SftpFiles.REQUESTS, offset, length - offset)
            : file.new ReadAheadRemoteFileInputStream(0, offset);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    if (position == limit && !fill()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, into, offset, count);
    position += count;
    return count;
  }

  /** Reads whole blocks, whatever the caller wants: each read is a request of that length. */
  private boolean fill() throws IOException {
    heedInterrupt();
    try {
      position = 0;
      limit = Math.max(0, content.read(buffer, 0, buffer.length));
      return limit > 0;
    } catch (SFTPException e) {
      try {
        SshFailures.heedInterrupt(e);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        heedInterrupt();
      }
      if (!SftpFailures.isAnswer(e)) {
        session.failed(e);
      }
      throw e;
    }
  }

  private static void heedInterrupt() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the thread was interrupted");
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    closeQuietly();
    session.release();
  }

  /** Also when the thread is interrupted before: the server counts open files. */
  private void closeQuietly() {
    boolean interrupted = Thread.interrupted();
    try {
      file.close();
    } catch (IOException | SSHRuntimeException e) {
      log.debug("Closing a file failed", e);
      if (!SftpFailures.isAnswer(e)) {
        session.failed(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
