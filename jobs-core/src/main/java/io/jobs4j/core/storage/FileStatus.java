package io.jobs4j.core.storage;

import java.time.Instant;
import java.util.OptionalInt;

/** What a protocol tells of a file, a directory or a link. Immutable. */
public interface FileStatus {
  /** What something is. */
  enum Kind {
    FILE,
    DIRECTORY,
    /** A symbolic link. */
    LINK,
    /** A pipe, a socket, a device. */
    OTHER
  }

  /** What it is; a link is not followed. */
  Kind kind();

  /** Bytes of a file. */
  long length();

  /** When the content changed last. */
  Instant modified();

  /**
   * The nine permissions as in {@code chmod}: {@code 0700} for the owner, {@code 0070} for the
   * group, {@code 0007} for others. Empty if the protocol has none.
   */
  OptionalInt permissions();

  /** Whether it is a directory. */
  default boolean isDirectory() {
    return kind() == Kind.DIRECTORY;
  }

  /** Whether it is a file. */
  default boolean isFile() {
    return kind() == Kind.FILE;
  }

  /** Whether it is a symbolic link. */
  default boolean isLink() {
    return kind() == Kind.LINK;
  }

  /** Whether its owner may execute it; {@code false} where that is not known. */
  default boolean isExecutable() {
    return (permissions().orElse(0) & 0100) != 0;
  }
}
