package io.jobs4j.core.local;

import io.jobs4j.core.storage.FileStatus;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the operating system tells of a file.
 *
 * @param attributes of it, read without following a link
 */
record LocalStatus(BasicFileAttributes attributes) implements FileStatus {
  /** The permissions with these bits. */
  static Set<PosixFilePermission> permissions(int bits) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission each : PosixFilePermission.values()) {
      if ((bits & bit(each)) != 0) {
        permissions.add(each);
      }
    }
    return permissions;
  }

  private static int bit(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ -> 0400;
      case OWNER_WRITE -> 0200;
      case OWNER_EXECUTE -> 0100;
      case GROUP_READ -> 0040;
      case GROUP_WRITE -> 0020;
      case GROUP_EXECUTE -> 0010;
      case OTHERS_READ -> 0004;
      case OTHERS_WRITE -> 0002;
      case OTHERS_EXECUTE -> 0001;
    };
  }

  @Override
  public Kind kind() {
    if (attributes.isDirectory()) {
      return Kind.DIRECTORY;
    }
    if (attributes.isRegularFile()) {
      return Kind.FILE;
    }
    return attributes.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
  }

  @Override
  public long length() {
    return attributes.size();
  }

  @Override
  public Instant modified() {
    return attributes.lastModifiedTime().toInstant();
  }

  @Override
  public OptionalInt permissions() {
    if (!(attributes instanceof PosixFileAttributes posix)) {
      return OptionalInt.empty();
    }
    int bits = 0;
    for (PosixFilePermission permission : posix.permissions()) {
      bits |= bit(permission);
    }
    return OptionalInt.of(bits);
  }
}
