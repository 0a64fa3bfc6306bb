package io.jobs4j.adapters.ssh;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.storage.ConfinedStorage;
import io.jobs4j.core.storage.FileStatus;
import io.jobs4j.core.storage.Interrupts;
import io.jobs4j.core.storage.Task;
import io.jobs4j.core.storage.Use;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import net.schmizz.sshj.common.SSHRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files below a directory of a host, over version 3 of SFTP. Safe for use by several threads
 * and processes.
 *
 * <p><b>Links.</b> The protocol knows files by their paths only, so somebody who may write in the
 * storage could put a link in place of a directory between the check and the use.
 *
 * <p><b>Writing.</b> Times have whole seconds. What a server does not do or refuses is done
 * without: times, the executable mode, forcing to the disk, and replacing a file in one step;
 * without the last, there is no file for a moment.
 *
 * <p><b>Copying</b> inside the host is done there, by {@code cp}; where the account may not run
 * commands, or sees other files when it does, the content goes through this process, and {@code cp}
 * is tried again after ten minutes.
 *
 * <p><b>Unmounted roots.</b> Without a marker file, a root that is not mounted cannot be told from
 * one that is empty.
 *
 * <p>A full disk and a used-up quota are one "failure" in the protocol; when something is written,
 * that blocks with {@link RecoveryCondition#STORAGE_NOT_WRITABLE}. What was opened to be read ends
 * with an {@link java.io.InterruptedIOException} if the thread is interrupted.
 */
final class SftpStorage extends ConfinedStorage<String> {
  private static final Logger log = LoggerFactory.getLogger(SftpStorage.class);
  private static final Duration COPY_LIMIT = Duration.ofHours(12);

  /** How long copying by commands is let alone after it failed. */
  private static final Duration COPY_PAUSE = Duration.ofMinutes(10);

  /** So that small files are not copied by a command each, which takes longer. */
  private static final long LEAST_TO_COPY_THERE = 64L * 1024;

  private final ConnectionPool pool;
  private final HostConnections host;
  private final String rootDir;
  private final SshCommandRunner commands;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Until when files are not copied by commands. */
  private volatile Instant noCopies = Instant.MIN;

  SftpStorage(
      ConnectionPool pool, Endpoint endpoint, String rootDir, @Nullable StoragePath marker) {
    this(pool, pool.retain(endpoint), withoutEnd(rootDir), marker);
  }

  private SftpStorage(
      ConnectionPool pool, HostConnections host, String rootDir, @Nullable StoragePath marker) {
    super("SftpStorage[" + host.endpoint() + rootDir + "]", rootDir, marker);
    this.pool = pool;
    this.host = host;
    this.rootDir = rootDir;
    this.commands = new SshCommandRunner(host);
  }

  private static String withoutEnd(String directory) {
    String all = directory;
    while (all.length() > 1 && all.endsWith("/")) {
      all = all.substring(0, all.length() - 1);
    }
    return all;
  }

  /** Sees to it that a session works. */
  @Override
  protected void prepare(StoragePath path) throws InterruptedException {
    lookAtRoot(path);
  }

  /** Copies by a command of the host. */
  @Override
  protected OptionalLong copyThere(
      String source, FileStatus status, StoragePath to, Publication publication)
      throws InterruptedException {
    if (host.settings().clock().instant().isBefore(noCopies)
        || status.length() < LEAST_TO_COPY_THERE) {
      return OptionalLong.empty();
    }
    AtomicBoolean begun = new AtomicBoolean();
    AtomicBoolean copied = new AtomicBoolean();
    try {
      OptionalLong length =
          copyBy(
              temporary -> {
                begun.set(true);
                copied.set(copyThere(source, temporary, to));
                return copied.get();
              },
              source,
              status,
              to,
              publication);
      if (copied.get() && length.isEmpty()) {
        // Commands see other files.
        copyNoneThere();
      }
      return length;
    } catch (PermanentAdapterException e) {
      if (!begun.get() || e instanceof TargetExistsException) {
        throw e;
      }
      return cannotCopyThere(e);
    } catch (TransientAdapterException e) {
      if (!begun.get() || e.condition() != RecoveryCondition.SYSTEM_NOT_AVAILABLE) {
        throw e;
      }
      // An account for files only does not run commands.
      return cannotCopyThere(e);
    }
  }

  private boolean copyThere(String source, String temporary, StoragePath to)
      throws InterruptedException {
    CommandResult result =
        commands.run(Command.of("cp", "--", source, temporary).within(COPY_LIMIT));
    if (result.succeeded()) {
      return true;
    }
    log.debug("cp on {} returned {}: {}", host.endpoint(), result.exitCode(), result.error());
    // Otherwise the disk may be full; writing the usual way says what it is.
    if (!isThere(to, temporary)) {
      copyNoneThere();
    }
    return false;
  }

  private OptionalLong cannotCopyThere(RuntimeException why) {
    copyNoneThere();
    log.debug("Commands cannot be run on {}", host.endpoint(), why);
    return OptionalLong.empty();
  }

  private void copyNoneThere() {
    noCopies = host.settings().clock().instant().plus(COPY_PAUSE);
  }

  /**
   * {@inheritDoc} It is absolute, below the root as it was given, and its links are not followed.
   */
  @Override
  public String hostPath(StoragePath path) {
    return path.segments().isEmpty()
        ? rootDir
        : SftpFiles.path(rootDir, String.join("/", path.segments()));
  }

  /** Connections are closed if nobody else uses them. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      pool.release(host);
    }
  }

  /** Does something over the shared session, and again over a fresh one if the session breaks. */
  @Override
  protected <T> T use(Task task, Use<String, T> use) throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      Interrupts.heed();
      if (closed.get()) {
        throw new IllegalStateException("the storage is closed");
      }
      SftpSession session = host.sftp();
      SftpFiles files = new SftpFiles(session, rootDir);
      try {
        return use.with(files);
      } catch (InterruptedException e) {
        session.retire();
        // It may have been interrupted again while it put away what it had begun.
        Thread.interrupted();
        throw e;
      } catch (FileSystemException e) {
        throw failure(task, files, e);
      } catch (IOException | SSHRuntimeException e) {
        broke(session, task, e, task.repeatable() && attempt == 0);
      } finally {
        session.release();
      }
    }
  }

  /** Throws unless another attempt is wanted. */
  private static void broke(SftpSession session, Task task, Exception e, boolean again)
      throws InterruptedException {
    try {
      SshFailures.heedInterrupt(e);
    } catch (InterruptedException interrupted) {
      // What was asked for may be done all the same, and a file stay open that nobody closes.
      session.retire();
      throw interrupted;
    }
    session.failed(e);
    if (!again) {
      throw SshFailures.broken(
          session.address(), "Cannot %s \"%s\"".formatted(task.action(), task.path()), e);
    }
    log.debug("A session over SFTP broke; trying again", e);
  }
}
