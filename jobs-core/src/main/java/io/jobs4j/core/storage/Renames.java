package io.jobs4j.core.storage;

import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.MissingFeatures.Feature;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.TemporaryFile;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts files in their places, with the renames that a storage has. Immutable.
 *
 * @param files what is renamed
 * @param missing takes note of what is not done
 */
record Renames<P>(FileOperations<P> files, MissingFeatures missing) {
  private static final Logger log = LoggerFactory.getLogger(Renames.class);

  /** One of the renames of a storage. */
  interface Rename<P> {
    void run(P from, P to) throws IOException;
  }

  /**
   * Renames something to where nothing is. Where only what would replace is supported, the place is
   * claimed first, which of several succeeds for one, and only the claim is replaced.
   */
  void toWhereNothingIs(Rename<P> rename, P from, P to) throws IOException {
    try {
      rename.run(from, to);
    } catch (UnsupportedRequestException e) {
      FileOperations.Answers found = files.status(List.of(from, to));
      FileStatus source = found.get(0);
      if (source == null) {
        throw e;
      }
      overClaim(from, to, source.isDirectory(), found.get(1) == null);
    }
  }

  /**
   * @param free whether nothing was at {@code to}
   */
  private void overClaim(P from, P to, boolean directory, boolean free) throws IOException {
    boolean claimed = false;
    try {
      // A directory takes the place of an empty one only, and a file that of a file.
      if (directory) {
        files.makeDirectory(to);
        claimed = true;
      } else {
        NewFile claim = files.create(to, false);
        claimed = true;
        claim.close();
      }
      files.replace(from, to);
    } catch (IOException e) {
      boolean answered = e instanceof FileSystemException;
      if (!claimed && (answered || !free)) {
        // Somebody else has the place.
        throw e;
      }
      try {
        Interrupts.later(
            () -> {
              // Without an answer it may have been renamed, and before that the place claimed.
              if (answered || files.status(from) != null) {
                removeClaim(to, directory);
              }
            });
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private void removeClaim(P claim, boolean directory) throws IOException {
    FileStatus found = files.status(claim);
    if (found == null) {
      return;
    }
    if (directory) {
      if (found.isDirectory()) {
        // With content it stays, as for a file.
        files.deleteDirectory(claim);
      }
    } else if (found.isFile() && found.length() == 0) {
      // With content it is what somebody has put in place meanwhile.
      files.delete(claim);
    }
  }

  /**
   * Puts a file in place of another, or where nothing is. Where that is not done in one step, the
   * other is moved aside, and back if the file cannot come to its place.
   *
   * @param publication whose tag the name of what is moved aside has
   */
  void replace(P from, P to, Publication publication) throws IOException {
    UnsupportedRequestException refusal;
    try {
      files.replace(from, to);
      return;
    } catch (UnsupportedRequestException e) {
      log.debug("{} is not replaced in one step", to, e);
      refusal = e;
    }
    try {
      files.rename(from, to);
    } catch (FileSystemException e) {
      // What is there must not be moved for a file that somebody has removed.
      if (files.status(from) == null || files.status(to) == null) {
        throw e;
      }
      swap(from, temporary(to, publication), to);
      missing.add(Feature.ATOMIC_REPLACE, refusal.getReason());
    }
  }

  private void swap(P from, P aside, P to) throws IOException {
    files.rename(to, aside);
    try {
      files.rename(from, to);
    } catch (IOException e) {
      try {
        Interrupts.later(() -> files.rename(aside, to));
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    discard(aside);
  }

  /** The place of a temporary file beside another, which nobody else uses. */
  P temporary(P target, Publication publication) {
    return files.child(files.parent(target), TemporaryFile.name(publication.tag()));
  }

  /** Deletes a temporary file, also when the thread is interrupted. */
  void discard(P temporary) {
    try {
      Interrupts.later(() -> files.delete(temporary));
    } catch (IOException e) {
      log.debug("A temporary file may be left behind: {}", temporary, e);
    }
  }
}
