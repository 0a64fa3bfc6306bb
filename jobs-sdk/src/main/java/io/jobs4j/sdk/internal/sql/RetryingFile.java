package io.jobs4j.sdk.internal.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file whose writes are tried again until they work, it is closed, or nobody waits for it
 * any more. What they fail for does not matter: each has its own place in the file, so that it can
 * be done twice, and the words of an error depend on the system and its language.
 *
 * <p>A failure to force the file to the disk is passed on, and so is every later attempt: what was
 * written before may be lost, and the system would say that it is not. Safe for use by several
 * threads.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // As reads and writes name their place.
final class RetryingFile extends FileBaseDefault {
  private static final Logger log = LoggerFactory.getLogger(RetryingFile.class);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final FileChannel file;
  private final String name;
  private final Consumer<RetryingFile> onClose;
  private volatile boolean retrying = true;
  private volatile @Nullable ForceFailedException unforced;

  /** When the next warning is due, if there is cause for it. */
  private volatile long warning = System.nanoTime();

  /**
   * The open file of a name, which is closed with this one.
   *
   * @param onClose is told when that is done
   */
  RetryingFile(FileChannel file, String name, Consumer<RetryingFile> onClose) {
    this.file = file;
    this.name = name;
    this.onClose = onClose;
  }

  /**
   * What was written may not be on the disk, though a later attempt to force it would not say so.
   */
  static final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ForceFailedException(IOException cause) {
      super("What was written could not be forced to the disk: " + cause.getMessage(), cause);
    }
  }

  /** Whether an error says that what was committed may not be on the disk. */
  static boolean failedToForce(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ForceFailedException) {
        return true;
      }
    }
    return false;
  }

  /** Its path. */
  String name() {
    return name;
  }

  /** Says whether writes that fail are tried again from now on, also those under way. */
  void retry(boolean again) {
    retrying = again;
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

  /** An interrupt is for whoever waits for the database, who is answered in any case. */
  private int retry(Write write) throws IOException {
    boolean interrupted = Thread.interrupted();
    boolean failed = false;
    try {
      for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
        try {
          int result = write.run();
          if (failed) {
            log.info("The database's file {} can be written again", name);
          }
          return result;
        } catch (IOException e) {
          if (!retrying || !isOpen() || !file.isOpen()) {
            throw e;
          }
          failed |= warn(e);
        }
        LockSupport.parkNanos(pause);
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Warns if that is due; returns whether it did. */
  private boolean warn(IOException failure) {
    long now = System.nanoTime();
    boolean due = now - warning >= 0;
    if (due) {
      warning = now + WARNING_NANOS;
      log.warn(
          "The database's file {} cannot be written; changes wait until it can: {}",
          name,
          SqlFailure.rootMessage(failure));
    }
    return due;
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
    IOException before = unforced;
    if (before != null) {
      throw before;
    }
    try {
      file.force(metaData);
    } catch (IOException e) {
      ForceFailedException failure = new ForceFailedException(e);
      unforced = failure;
      throw failure;
    }
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    try {
      file.close();
    } finally {
      onClose.accept(this);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
