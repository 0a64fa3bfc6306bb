package io.jobs4j.core.storage;

import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TemporaryFile;
import io.jobs4j.core.storage.Confinement.Shown;
import io.jobs4j.core.storage.FileOperations.Child;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists directories, and says what it leaves out. Safe for use by several threads.
 *
 * @param confinement finds the directories
 */
record Lister<P>(Confinement<P> confinement) {
  /** Lists a directory. */
  Listing scan(FileOperations<P> files, StoragePath directory)
      throws IOException, InterruptedException {
    Place<P> place = confinement.locate(files, directory, true);
    if (!place.require("list", directory).isDirectory()) {
      throw Failures.permanent("list", directory, Failures.NOT_A_DIRECTORY, null);
    }
    List<FileEntry> entries = new ArrayList<>();
    List<Omission> omissions = new ArrayList<>();
    Set<StoragePath> links = new HashSet<>();
    for (Child<P> child : files.list(place.path())) {
      Interrupts.heed();
      if (TemporaryFile.isOne(child.name())) {
        omissions.add(new Omission(directory.resolve(child.name()), Omission.Reason.TEMPORARY));
        continue;
      }
      FileStatus own = child.status() == null ? files.status(child.place()) : child.status();
      if (own == null) {
        if (child.unreadable()) {
          throw unreadable(files, directory, child);
        }
        continue;
      }
      StoragePath path = directory.resolve(child.name());
      Shown shown = confinement.show(files, child.place(), own, place.way());
      Omission.Reason reason = shown.reason();
      Optional<FileEntry> entry = entry(path, shown.status());
      if (entry.isEmpty()) {
        omissions.add(new Omission(path, reason == null ? Omission.Reason.SPECIAL : reason));
        continue;
      }
      if (child.unreadable()) {
        throw unreadable(files, directory, child);
      }
      entries.add(entry.get());
      if (own.isLink()) {
        links.add(path);
      }
    }
    if (entries.isEmpty()) {
      confinement.requireMounted(files);
    }
    entries.sort(Comparator.comparing(entry -> entry.path().name()));
    return new Listing(entries, omissions, links);
  }

  private static <P> PermanentAdapterException unreadable(
      FileOperations<P> files, StoragePath directory, Child<P> child) {
    return Failures.permanent("list", directory, files.unreadable(child.name()), null);
  }

  /** What a storage tells of a file or directory; empty if it is neither. */
  static Optional<FileEntry> entry(StoragePath path, @Nullable FileStatus status) {
    if (status == null || !(status.isDirectory() || status.isFile())) {
      return Optional.empty();
    }
    boolean directory = status.isDirectory();
    return Optional.of(
        new FileEntry(
            path,
            directory,
            directory ? 0 : status.length(),
            status.modified(),
            !directory && status.isExecutable()));
  }
}
