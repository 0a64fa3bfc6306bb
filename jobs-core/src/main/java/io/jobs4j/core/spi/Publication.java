package io.jobs4j.core.spi;

import java.util.regex.Pattern;

/**
 * How a file that was written comes to its place: under a temporary name first, and then, if {@code
 * beforePublish} lets it, under its own. Immutable.
 *
 * @param tag part of the temporary file's name, by which its owner finds it later; empty for none,
 *     otherwise as {@link TemporaryFile} allows
 * @param within a directory that must be there. Directories that are missing below it are made; it
 *     and those above it never are. The root for all.
 * @param replace whether a file at the place is replaced. If not, the write ends with a {@link
 *     TargetExistsException}, also if the file has appeared only while the content was written.
 * @param beforePublish runs when the content is complete, before anything shows of it. What it
 *     throws passes through, the temporary file is deleted, and the place stays as it was. By
 *     default it does nothing.
 */
public record Publication(String tag, StoragePath within, boolean replace, Runnable beforePublish) {
  private static final Pattern TAG = Pattern.compile(TemporaryFile.TAG + "?");

  /** Replaces what is there, makes all directories and asks nobody. */
  public static final Publication PLAIN = new Publication("", StoragePath.ROOT, true, () -> {});

  /**
   * @throws IllegalArgumentException if the tag is none
   */
  public Publication {
    if (!TAG.matcher(tag).matches()) {
      throw new IllegalArgumentException(
          "tag \"%s\" must have at most 100 letters, digits, dots and hyphens".formatted(tag));
    }
  }

  /** The same with another answer to whether a file is replaced. */
  public Publication replacing(boolean value) {
    return new Publication(tag, within, value, beforePublish);
  }
}
