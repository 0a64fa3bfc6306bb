package io.jobs4j.core.local;

import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.storage.Failures;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the file system of a root directory is mounted where no marker file says so. The
 * root is compared with what it was when the storage was opened: another directory is taken for the
 * bare mount point if it is empty, or if what was mounted at it or above it no longer is. Another
 * one with files is taken for the same file system mounted again, because many file systems get a
 * new device number then. Safe for use by several threads.
 */
final class MountedRoot {
  private final Path root;

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
   * @throws TransientAdapterException if it is not there
   */
  MountedRoot(Path root) {
    this.root = root;
    this.known = new Known(key(), mountPoint(root));
  }

  /**
   * Checks that it is mounted.
   *
   * @throws TransientAdapterException if it is not
   */
  void require() {
    Object now = key();
    Known before = known;
    if (now == null || now.equals(before.key())) {
      return;
    }
    // Listing it makes an automounter mount it.
    if (isEmpty()) {
      throw Failures.notMounted(
          ("The root directory %s of the storage is empty and another one than before, so its file"
                  + " system is taken for not mounted; mount it, or, if it is the right one, put a"
                  + " file into it.")
              .formatted(root),
          null);
    }
    Path mountPoint = before.mountPoint();
    if (mountPoint != null && !isMountPoint(mountPoint)) {
      throw Failures.notMounted(
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
      throw Failures.rootMissing(root.toString(), e);
    }
  }

  private boolean isEmpty() {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(root)) {
      return !children.iterator().hasNext();
    } catch (IOException | DirectoryIteratorException e) {
      throw Failures.rootMissing(root.toString(), e);
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
}
