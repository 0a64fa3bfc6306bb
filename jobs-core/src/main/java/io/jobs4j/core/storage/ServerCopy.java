package io.jobs4j.core.storage;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that the server copies by other means than the storage, which publishes the copy.
 *
 * @param storage that the file is in
 * @param publisher of that storage
 * @param to where the copy comes to
 * @param publication how it comes there
 */
record ServerCopy<P>(
    ConfinedStorage<P> storage, Publisher<P> publisher, StoragePath to, Publication publication) {
  private static final Logger log = LoggerFactory.getLogger(ServerCopy.class);

  /**
   * Makes it.
   *
   * @param source where the file is
   * @param status of the file
   * @return bytes copied; empty if the copy was not made, or is not whole
   */
  OptionalLong by(ConfinedStorage.Filling<P> filling, P source, FileStatus status)
      throws InterruptedException {
    try {
      Publisher.Target<P> target =
          writing(true, files -> publisher.prepare(files, to, publication));
      OptionalLong copied = OptionalLong.empty();
      try {
        if (filling.fill(target.temporary())) {
          copied =
              writing(
                  false, files -> publisher.finish(files, source, status, target, to, publication));
        }
        return copied;
      } finally {
        if (copied.isEmpty()) {
          discard(target.temporary());
        }
      }
    } catch (InterruptedException e) {
      // It may have been interrupted again while it put away what it had begun.
      Thread.interrupted();
      throw e;
    }
  }

  /** Deletes a temporary file, also when the thread is interrupted. */
  private void discard(P temporary) {
    boolean interrupted = Thread.interrupted();
    try {
      while (!tryToDiscard(temporary)) {
        interrupted = true;
      }
    } catch (JobsException e) {
      log.debug("A temporary file may be left behind: {}", temporary, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns false if the thread was interrupted before the file could be deleted. */
  private boolean tryToDiscard(P temporary) {
    try {
      return writing(
          true,
          files -> {
            publisher.renames(files).discard(temporary);
            return true;
          });
    } catch (InterruptedException e) {
      return false;
    }
  }

  private <T> T writing(boolean repeatable, Use<P, T> use) throws InterruptedException {
    Task task = new Task("copy to", to, RecoveryCondition.STORAGE_NOT_WRITABLE, repeatable);
    return storage.use(task, use);
  }
}
