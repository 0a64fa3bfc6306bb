package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TemporaryFile;

/**
 * A lease of a job, as far as its files are concerned. It is checked before a file shows, and its
 * number is in the names of the job's temporary files, so that whoever has the job next finds and
 * deletes them: what was written under an earlier lease can show no more then. Immutable.
 *
 * @param job unique id of the job; empty if files are moved for nobody
 * @param number rises with each lease of the job
 * @param check throws if the lease is over, or may be; cheap enough for each file
 */
public record Fence(String job, long number, Runnable check) {
  /** For files that nobody else moves. */
  public static final Fence NONE = new Fence("", 0, () -> {});

  /** Throws if the lease is over, or may be. */
  public void requireHeld() {
    check.run();
  }

  /**
   * How a file of the job comes to its place.
   *
   * @param within a directory that must be there
   * @param replace whether a file that is there is replaced
   */
  public Publication publication(StoragePath within, boolean replace) {
    String tag = job.isEmpty() ? "" : job + "." + number;
    return new Publication(tag, within, replace, check);
  }

  /** Whether a file of this name is a temporary one of this lease of the job or an earlier one. */
  public boolean isOwn(String name) {
    return lease(name) <= number;
  }

  /** The number of the lease that a temporary file is of; the largest if it is not of the job. */
  private long lease(String name) {
    String tag = TemporaryFile.tag(name).orElse("");
    if (job.isEmpty() || !tag.startsWith(job + ".")) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(tag, job.length() + 1, tag.length(), 10);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
