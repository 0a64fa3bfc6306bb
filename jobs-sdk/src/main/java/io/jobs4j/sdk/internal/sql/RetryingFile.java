package io.jobs4j.sdk.internal.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.h2.store.fs.FileBaseDefault;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file whose writes are tried again until they work or it is closed. What they fail for
 * does not matter: each has its own place in the file, so that it can be done twice, and the words
 * of an error depend on the system and its language.
 *
 * <p>A failure to force the file to the disk is passed on. What was written before may be lost
 * then, and a second attempt would say that it is not. Safe for use by several threads.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // As reads and writes name their place.
final class RetryingFile extends FileBaseDefault {
  private static final Logger log = LoggerFactory.getLogger(RetryingFile.class);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final FileChannel file;
  private final String name;

  /** When the next warning is due, if there is cause for it. */
  private volatile long warning = System.nanoTime();

  /** The open file of a name, which is closed with this one. */
  RetryingFile(FileChannel file, String name) {
    this.file = file;
    this.name = name;
  }

  @FunctionalInterface
  private interface Write {
    int run() throws IOException;
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    int start = source.position();
    return retry(
        () -> {
          source.position(start);
          return file.write(source, position);
        });
  }

  @Override
  protected void implTruncate(long size) throws IOException {
    int unused =
        retry(
            () -> {
              file.truncate(size);
              return 0;
            });
  }

  private int retry(Write write) throws IOException {
    for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
      try {
        return write.run();
      } catch (IOException e) {
        if (!isOpen() || !file.isOpen()) {
          throw e;
        }
        warn(e);
      }
      pause(pause);
    }
  }

  private void warn(IOException failure) {
    long now = System.nanoTime();
    if (now - warning >= 0) {
      warning = now + WARNING_NANOS;
      log.warn(
          "The database's file {} cannot be written; changes wait until it can: {}",
          name,
          Database.rootMessage(failure));
    }
  }

  /** An interrupt is for whoever waits for the database, who is answered in any case. */
  private static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return file.read(target, position);
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public void force(boolean metaData) throws IOException {
    file.force(metaData);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
