package io.jobs4j.core.local;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the file system of a root directory is mounted. A marker file says so for sure.
 * Without one, the root is compared with what it was when the storage was opened: another directory
 * is taken for the bare mount point if it is empty, or if what was mounted at it or above it no
 * longer is. Another one with files is taken for the same file system mounted again, because many
 * file systems get a new device number then. Safe for use by several threads.
 */
final class MountedRoot {
  private final Path root;
  private final @Nullable Path marker;

  /** What the root was when it was mounted last, as far as is known. */
  private volatile Known known;

  /**
   * What is known of the root.
   *
   * @param key identifies the directory; {@code null} if the platform does not say
   * @param mountPoint the nearest one at the root or above it; {@code null} if that is not known
   */
  private record Known(@Nullable Object key, @Nullable Path mountPoint) {}

  /**
   * @param root without links
   * @param marker what is there if the file system is mounted; {@code null} for nothing certain
   * @throws TransientAdapterException if the marker is not there, or the root is not
   */
  MountedRoot(Path root, @Nullable StoragePath marker) {
    this.root = root;
    this.marker = marker == null ? null : root.resolve(String.join("/", marker.segments()));
    this.known = new Known(key(), mountPoint(root));
    require();
  }

  /**
   * Checks that it is mounted.
   *
   * @throws TransientAdapterException if it is not
   */
  void require() {
    if (marker != null) {
      requireMarker(marker);
    } else {
      requireSameRoot();
    }
  }

  /** A missing root is what a file system that is not mounted looks like, so it can come back. */
  static TransientAdapterException missing(Path root, @Nullable Exception cause) {
    return notMounted(
        "The root directory %s of the storage is not there; create it or mount its file system."
            .formatted(root),
        cause);
  }

  private void requireMarker(Path file) {
    try {
      Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw notMounted(
          ("The marker file %s of the storage cannot be seen, so the file system of its root"
                  + " directory %s is taken for not mounted; mount it.")
              .formatted(file, root),
          e);
    }
  }

  private void requireSameRoot() {
    Object now = key();
    Known before = known;
    if (now == null || now.equals(before.key())) {
      return;
    }
    // Listing it makes an automounter mount it.
    if (isEmpty()) {
      throw notMounted(
          ("The root directory %s of the storage is empty and another one than before, so its file"
                  + " system is taken for not mounted; mount it, or, if it is the right one, put a"
                  + " file into it.")
              .formatted(root),
          null);
    }
    Path mountPoint = before.mountPoint();
    if (mountPoint != null && !isMountPoint(mountPoint)) {
      throw notMounted(
          "The file system of the storage's root directory %s is not mounted at %s; mount it."
              .formatted(root, mountPoint),
          null);
    }
    // The engine may have been started before it was mounted.
    known = new Known(key(), mountPoint(root));
  }

  private @Nullable Object key() {
    try {
      return Files.readAttributes(root, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (IOException e) {
      throw missing(root, e);
    }
  }

  private boolean isEmpty() {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      return !children.iterator().hasNext();
    } catch (IOException e) {
      throw missing(root, e);
    }
  }

  private static @Nullable Path mountPoint(Path root) {
    if (!root.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return null;
    }
    Path at = root;
    while (at.getParent() != null && !isMountPoint(at)) {
      at = at.getParent();
    }
    return at.getParent() == null ? null : at;
  }

  /** Whether another file system begins there. */
  private static boolean isMountPoint(Path directory) {
    Path above = directory.getParent();
    try {
      return above != null && !device(directory).equals(device(above));
    } catch (IOException e) {
      return false;
    }
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
  }

  private static TransientAdapterException notMounted(String message, @Nullable Exception cause) {
    return new TransientAdapterException(RecoveryCondition.SYSTEM_NOT_AVAILABLE, message, cause);
  }
}
