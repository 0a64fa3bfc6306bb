package io.jobs4j.core.storage;

import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TargetExistsException;
import io.jobs4j.core.spi.TemporaryFile;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes files, each under the name of a {@link TemporaryFile} beside its place first, and makes
 * the directories above them. Safe for use by several threads.
 *
 * @param <P> a path of the protocol
 */
final class Publisher<P> {
  /** What most scripts and records fit into. */
  private static final int FIRST_BLOCK = 1 << 15;

  private final Confinement<P> confinement;
  private final MissingFeatures missing;
  private final OptionalFeatures features;

  Publisher(Confinement<P> confinement, MissingFeatures missing) {
    this.confinement = confinement;
    this.missing = missing;
    this.features = new OptionalFeatures(missing);
  }

  /** Puts the content into a new file. */
  interface Filler {
    /** Returns the bytes written. */
    long fill(NewFile file) throws IOException, InterruptedException;
  }

  OptionalFeatures features() {
    return features;
  }

  Set<FileStorage.Capability> capabilities() {
    return missing.without(EnumSet.allOf(FileStorage.Capability.class));
  }

  Renames<P> renames(FileOperations<P> files) {
    return new Renames<>(files, missing);
  }

  /** Writes a file and returns the bytes written. */
  long put(
      FileOperations<P> files,
      StoragePath file,
      Filler filler,
      Instant modified,
      boolean executable,
      Publication publication)
      throws IOException, InterruptedException {
    Target<P> target = prepare(files, file, publication);
    P temporary = target.temporary();
    boolean done = false;
    try {
      long length;
      try (NewFile created = files.create(temporary, executable)) {
        length = filler.fill(created);
        created.flush();
        if (executable) {
          features.makeExecutable(created);
        }
        features.setModified(created, modified);
      }
      publish(files, target, file, publication);
      done = true;
      return length;
    } finally {
      if (!done) {
        renames(files).discard(temporary);
      }
    }
  }

  /**
   * Where a file comes to.
   *
   * @param temporary where it is until then, in the same directory
   */
  record Target<P>(P place, P temporary) {}

  /** Checks that a file may come to a place, and makes the directories above it. */
  Target<P> prepare(FileOperations<P> files, StoragePath file, Publication publication)
      throws IOException {
    P place = locate(files, file, publication);
    return new Target<>(place, renames(files).temporary(place, publication));
  }

  private P locate(FileOperations<P> files, StoragePath file, Publication publication)
      throws IOException {
    Place<P> place = confinement.locate(files, file, true);
    FileStatus status = place.status();
    if (status == null) {
      requireThere("write", file, place, publication.within());
      makeDirectories(files, file, place, true);
      return place.path();
    }
    if (!status.isFile()) {
      throw Failures.permanent(
          "write",
          file,
          status.isDirectory() ? "it is a directory" : "it is neither file nor directory",
          null);
    }
    if (!publication.replace()) {
      throw new TargetExistsException(file, null);
    }
    return place.path();
  }

  /**
   * Publishes a copy of a file that somebody else has made.
   *
   * @param source where the file is
   * @param status of the file
   * @return its length; empty if the copy is not there, or not whole
   */
  OptionalLong finish(
      FileOperations<P> files,
      P source,
      FileStatus status,
      Target<P> target,
      StoragePath file,
      Publication publication)
      throws IOException {
    FileStatus copy = files.status(target.temporary());
    FileStatus original = files.status(source);
    if (copy == null || original == null || copy.length() != original.length()) {
      return OptionalLong.empty();
    }
    features.setModified(files, target.temporary(), status.modified());
    publish(files, target, file, publication);
    return OptionalLong.of(copy.length());
  }

  /** Puts a file that is complete in its place. */
  private void publish(
      FileOperations<P> files, Target<P> target, StoragePath file, Publication publication)
      throws IOException {
    publication.beforePublish().run();
    Renames<P> renames = renames(files);
    if (publication.replace()) {
      renames.replace(target.temporary(), target.place(), publication);
      return;
    }
    try {
      renames.toWhereNothingIs(files::rename, target.temporary(), target.place());
    } catch (FileSystemException e) {
      // Not every protocol tells that something is there from other failures.
      if (e instanceof FileAlreadyExistsException || files.status(target.place()) != null) {
        throw new TargetExistsException(file, e);
      }
      throw e;
    }
  }

  /**
   * Makes what is missing from the deepest directory that exists.
   *
   * @param above whether only what is above the place is wanted
   */
  void makeDirectories(FileOperations<P> files, StoragePath path, Place<P> place, boolean above)
      throws IOException {
    if (!place.nearestIsDirectory()) {
      throw Failures.permanent(
          above ? "write" : "make directory", path, Failures.NOT_A_DIRECTORY, null);
    }
    int count = place.missing().size() - (above ? 1 : 0);
    P here = place.nearest();
    for (int i = 0; i < count; i++) {
      here = files.child(here, place.missing().get(i));
      try {
        files.makeDirectory(here);
      } catch (FileSystemException e) {
        // Not every protocol tells that it exists from other failures.
        FileStatus there = files.status(here);
        if (there == null) {
          throw e;
        }
        if (!there.isDirectory()) {
          throw Failures.permanent("make directory", path, Failures.NOT_A_DIRECTORY, e);
        }
      }
    }
  }

  /** Throws if {@code within}, which is on the way to the place, is not there. */
  static <P> void requireThere(
      String action, StoragePath path, Place<P> place, StoragePath within) {
    if (place.way().size() <= within.segments().size()) {
      throw Failures.permanent(
          action, path, "the directory \"%s\" does not exist".formatted(within), null);
    }
  }

  /** Fills a file with a stream. */
  static long pour(InputStream content, NewFile file, StoragePath shown)
      throws IOException, InterruptedException {
    byte[] block = new byte[Math.min(FIRST_BLOCK, file.blockSize())];
    long total = 0;
    int count;
    while ((count = readBlock(content, block, shown)) > 0) {
      file.write(block, count);
      total += count;
      if (count == block.length && count < file.blockSize()) {
        block = new byte[file.blockSize()];
      }
    }
    return total;
  }

  /** Fills a file with another of the same storage. */
  static long copy(InputStream content, NewFile file, StoragePath shown)
      throws IOException, InterruptedException {
    OptionalLong taken = file.takeAll(content);
    return taken.isPresent() ? taken.getAsLong() : pour(content, file, shown);
  }

  /**
   * Reads as much as there is, and keeps an error of the content apart from those of this storage.
   */
  private static int readBlock(InputStream content, byte[] block, StoragePath file)
      throws InterruptedException {
    Interrupts.heed();
    try {
      return content.readNBytes(block, 0, block.length);
    } catch (IOException e) {
      Interrupts.heed();
      throw new TransientAdapterException(
          RecoveryCondition.TRANSMISSION_FAILURE,
          "The content for \"%s\" broke off: %s".formatted(file, e.getMessage()),
          e);
    }
  }
}
