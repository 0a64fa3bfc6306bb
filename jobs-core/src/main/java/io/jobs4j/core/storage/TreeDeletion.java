package io.jobs4j.core.storage;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes trees without following links. A directory of the tree that its owner may not read,
 * change or enter is first made so that the owner may. A failure names the innermost place that
 * could not be deleted. Immutable.
 *
 * <p>Places are known by their paths, so somebody who may write in the tree can put a link in place
 * of a directory between its listing and its deletion.
 *
 * @param <P> a path of the protocol
 */
final class TreeDeletion<P> {
  private static final Logger log = LoggerFactory.getLogger(TreeDeletion.class);
  private static final int OWNERS = 0700;

  private final FileOperations<P> files;

  TreeDeletion(FileOperations<P> files) {
    this.files = files;
  }

  /**
   * Deletes what is at {@code place}.
   *
   * @param found what is there
   * @param shown the path in the storage
   */
  void delete(P place, FileStatus found, StoragePath shown)
      throws IOException, InterruptedException {
    Interrupts.heed();
    try {
      if (!found.isDirectory()) {
        files.delete(place);
        return;
      }
      takeOwnersRights(place, found);
      for (FileOperations.Child<P> child : files.list(place)) {
        FileStatus own = child.status() != null ? child.status() : files.status(child.place());
        if (own != null) {
          delete(child.place(), own, shown.resolve(child.name()));
        }
      }
      files.deleteDirectory(place);
    } catch (NoSuchFileException e) {
      // Somebody else deleted it.
      return;
    } catch (FileSystemException e) {
      throw Failures.of(
          "delete", shown, e, RecoveryCondition.STORAGE_NOT_WRITABLE, files::permanentReason);
    }
  }

  /** If that is refused, what comes next tells whether it was needed. */
  private void takeOwnersRights(P directory, FileStatus found) throws IOException {
    int permissions = found.permissions().orElse(OWNERS);
    if ((permissions & OWNERS) == OWNERS) {
      return;
    }
    try {
      files.setPermissions(directory, permissions | OWNERS);
    } catch (FileSystemException e) {
      log.debug("The owner's rights on {} could not be taken", directory, e);
    }
  }
}
