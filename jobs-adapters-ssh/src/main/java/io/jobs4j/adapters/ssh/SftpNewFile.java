package io.jobs4j.adapters.ssh;

import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.NewFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.time.Instant;
import net.schmizz.sshj.sftp.RemoteFile;

/** A file that is written with several requests under way. */
final class SftpNewFile implements NewFile {
  private static final int OWNER_EXECUTES = 0100;

  private final SftpFiles files;
  private final String path;
  private final RemoteFile file;
  private final OutputStream out;

  /**
   * @param file open to be written to
   */
  SftpNewFile(SftpFiles files, String path, RemoteFile file) {
    this.files = files;
    this.path = path;
    this.file = file;
    this.out = file.new RemoteFileOutputStream(0, SftpFiles.REQUESTS);
  }

  @Override
  public int blockSize() {
    return SftpFiles.BLOCK;
  }

  @Override
  public void write(byte[] block, int length) throws IOException {
    SftpFailures.tell(path, () -> out.write(block, 0, length));
  }

  @Override
  public void flush() throws IOException {
    SftpFailures.tell(path, out::flush);
  }

  @Override
  public void makeExecutable() throws IOException {
    FileStatus found = files.status(path);
    int mode = found == null ? OWNER_EXECUTES : found.permissions().orElse(OWNER_EXECUTES);
    if ((mode & OWNER_EXECUTES) != 0) {
      return;
    }
    int more = mode | OWNER_EXECUTES | (mode & 0044) >> 2;
    try {
      SftpFailures.tell(path, () -> file.setAttributes(SftpFiles.mode(more)));
    } catch (FileSystemException e) {
      throw SftpFailures.unsupported(path, e);
    }
  }

  @Override
  public void setModified(Instant time) throws IOException {
    try {
      SftpFailures.tell(path, () -> file.setAttributes(SftpFiles.times(time)));
    } catch (FileSystemException e) {
      files.setModified(path, time);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      SftpFailures.tell(path, out::close);
    } finally {
      SftpFailures.tell(path, file::close);
    }
  }
}
