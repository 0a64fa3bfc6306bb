package io.jobs4j.core.storage;

import io.jobs4j.core.spi.MissingFeatures;
import io.jobs4j.core.spi.MissingFeatures.Feature;
import java.io.IOException;
import java.time.Instant;

/**
 * What not every storage does, done where it is and otherwise done without. Safe for use by several
 * threads.
 *
 * @param missing takes note of what is not done
 */
record OptionalFeatures(MissingFeatures missing) {
  /** Gives a file its time, which is not tried again after it was refused. */
  void setModified(NewFile file, Instant time) throws IOException {
    setModified(() -> file.setModified(time));
  }

  /** Gives a file its time, which is not tried again after it was refused. */
  <P> void setModified(FileOperations<P> files, P file, Instant time) throws IOException {
    setModified(() -> files.setModified(file, time));
  }

  private void setModified(Request request) throws IOException {
    if (!missing.has(Feature.MODIFIED_TIME)) {
      attempt(Feature.MODIFIED_TIME, request);
    }
  }

  /** Sees to it that a file that was made to be executed can be. */
  void makeExecutable(NewFile file) throws IOException {
    attempt(Feature.EXECUTABLE, file::makeExecutable);
  }

  /** Takes the rights of all but the owner from a file or directory. */
  <P> void keepOthersOut(FileOperations<P> files, P place, int permissions) throws IOException {
    attempt(Feature.PRIVATE, () -> files.setPermissions(place, permissions & 0700));
  }

  /** Forces a file or directory to the disk. */
  <P> void force(FileOperations<P> files, P place, boolean directory) throws IOException {
    // That files are not forced says enough of directories.
    attempt(
        directory && !missing.has(Feature.SYNC) ? Feature.SYNC_DIRECTORY : Feature.SYNC,
        () -> files.force(place, directory));
  }

  private void attempt(Feature feature, Request request) throws IOException {
    try {
      request.run();
    } catch (UnsupportedRequestException e) {
      missing.add(feature, e.getReason());
    }
  }

  /** Something that is asked for. */
  private interface Request {
    void run() throws IOException;
  }
}
