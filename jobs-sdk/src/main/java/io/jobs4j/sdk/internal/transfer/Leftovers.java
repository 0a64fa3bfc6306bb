package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.StoragePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/** Temporary files that earlier attempts to move a job's files have left. Stateless. */
public final class Leftovers {
  private Leftovers() {}

  /**
   * Deletes those of the job in a directory and all below it, so that an engine that had the job
   * and goes on late can publish nothing any more. Those of this lease go too: a connection that
   * breaks in the midst of a file leaves what nobody else looks for. So nothing may be under way.
   * Links are not followed: the engine makes none, and those of a job may lead to all there is.
   * Nothing happens if the directory is not there.
   */
  public static void deleteBelow(FileStorage storage, StoragePath directory, Fence fence)
      throws InterruptedException {
    if (storage.stat(directory).filter(FileEntry::directory).isEmpty()) {
      return;
    }
    int deepest = directory.segments().size() + TransferPlan.DEPTH_LIMIT;
    Deque<StoragePath> open = new ArrayDeque<>(List.of(directory));
    while (!open.isEmpty()) {
      Listing listing = storage.scan(open.remove());
      listing.entries().stream()
          .filter(entry -> entry.directory() && !listing.links().contains(entry.path()))
          .map(FileEntry::path)
          .filter(path -> path.segments().size() <= deepest)
          .forEach(open::add);
      delete(storage, listing, fence::isOwn);
    }
  }

  /** Deletes those whose names are accepted. */
  public static void delete(FileStorage storage, Listing listing, Predicate<String> names)
      throws InterruptedException {
    for (Omission omission : listing.omissions()) {
      if (omission.reason() == Omission.Reason.TEMPORARY && names.test(omission.path().name())) {
        storage.deleteTree(omission.path());
      }
    }
  }
}
