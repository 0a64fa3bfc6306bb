package io.jobs4j.core.local;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.storage.Failures;
import io.jobs4j.core.storage.Interrupts;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes trees below a root without following links. A directory of the tree that its owner may
 * not read, change or enter is first made so that the owner may. Those above the tree need only let
 * themselves be passed, but for the last, in which it is. A failure names the innermost place that
 * could not be deleted. Stateless.
 */
final class SecureTreeDeletion {
  private static final Logger log = LoggerFactory.getLogger(SecureTreeDeletion.class);
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private SecureTreeDeletion() {}

  /**
   * Deletes what is at {@code path}.
   *
   * @param root the root, without links
   * @param path below the root, with no link above its last name
   * @param shown the path in the storage
   * @return {@code false} if the platform cannot open names relative to a directory; nothing is
   *     deleted then
   */
  static boolean delete(Path root, Path path, StoragePath shown)
      throws IOException, InterruptedException {
    Path relative = root.relativize(path);
    Opened top =
        open(
            relative,
            0,
            names -> directory(names == 0 ? root : root.resolve(relative.subpath(0, names))));
    try (DirectoryStream<Path> directory = top.directory()) {
      if (!(directory instanceof SecureDirectoryStream<Path> secure)) {
        return false;
      }
      if (top.names() > 0) {
        requireOnWay(secure, relative.subpath(0, top.names()), key(root));
      }
      deleteBelow(secure, root, relative, top.names(), shown);
      return true;
    }
  }

  /** Opens a directory, which is closed by whoever goes on from it. */
  @SuppressWarnings("StreamResourceLeak")
  private static DirectoryStream<Path> directory(Path path) throws IOException {
    return Files.newDirectoryStream(path);
  }

  /**
   * Goes down to what is to be deleted, opening each name relative to its directory.
   *
   * @param names how many names of the path {@code directory} is below the root
   */
  private static void deleteBelow(
      SecureDirectoryStream<Path> directory, Path root, Path relative, int names, StoragePath shown)
      throws IOException, InterruptedException {
    int last = relative.getNameCount() - 1;
    if (names == last) {
      delete(directory, relative.getName(last), root.resolve(relative), shown);
      return;
    }
    Opened next =
        open(
            relative,
            names + 1,
            end ->
                directory.newDirectoryStream(
                    relative.subpath(names, end), LinkOption.NOFOLLOW_LINKS));
    try (DirectoryStream<Path> below = next.directory()) {
      SecureDirectoryStream<Path> secure = (SecureDirectoryStream<Path>) below;
      if (next.names() > names + 1) {
        requireOnWay(secure, relative.subpath(names, next.names()), key(directory, self(relative)));
      }
      deleteBelow(secure, root, relative, next.names(), shown);
    }
  }

  /**
   * Opens the first directory on the way that may be read: one that may only be passed is passed.
   */
  private static Opened open(Path relative, int names, Opener opener) throws IOException {
    for (int end = names; ; end++) {
      try {
        return new Opened(opener.open(end), end);
      } catch (AccessDeniedException e) {
        if (end >= relative.getNameCount() - 1) {
          throw e;
        }
      }
    }
  }

  /**
   * Checks a directory that was opened by several names at once, so that links may have been
   * followed: from it, its parents must be, one by one, what the names say, up to where it was
   * opened from. A parent is never reached by a link.
   */
  private static void requireOnWay(
      SecureDirectoryStream<Path> opened, Path names, @Nullable Object from) throws IOException {
    Path self = self(names);
    Path up = self.resolveSibling("..");
    Path here = self;
    for (int i = names.getNameCount() - 1; i >= 0; i--) {
      Path parent = here.equals(self) ? up : here.resolve(up);
      requireSame(key(opened, here), key(opened, parent.resolve(names.getName(i))), names);
      here = parent;
    }
    requireSame(key(opened, here), from, names);
  }

  private static Path self(Path any) {
    return any.getFileSystem().getPath(".");
  }

  private static void requireSame(@Nullable Object one, @Nullable Object other, Path names)
      throws IOException {
    if (one == null || !one.equals(other)) {
      throw new NotDirectoryException(names.toString());
    }
  }

  private static @Nullable Object key(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    return directory
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .fileKey();
  }

  private static @Nullable Object key(Path root) throws IOException {
    return Files.readAttributes(root, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  /** A directory, and how many names of the path it is below the root. */
  private record Opened(DirectoryStream<Path> directory, int names) {}

  /** Opens the directory that so many names of the path lead to. */
  private interface Opener {
    DirectoryStream<Path> open(int names) throws IOException;
  }

  private static void delete(
      SecureDirectoryStream<Path> directory, Path name, Path path, StoragePath shown)
      throws InterruptedException {
    Interrupts.heed();
    try {
      BasicFileAttributes attributes = attributes(directory, name);
      if (!attributes.isDirectory()) {
        directory.deleteFile(name);
        return;
      }
      takeOwnersRights(directory, name, path, attributes);
      try (SecureDirectoryStream<Path> children =
          directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        for (Path child : children) {
          Path childName = Objects.requireNonNull(child.getFileName());
          delete(children, childName, path.resolve(childName), shown.resolve(childName.toString()));
        }
      }
      directory.deleteDirectory(name);
    } catch (NoSuchFileException e) {
      // Somebody else deleted it.
      return;
    } catch (DirectoryIteratorException e) {
      throw failure(shown, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw failure(shown, e);
    }
  }

  private static JobsException failure(StoragePath shown, IOException cause) {
    return Failures.of(
        "delete",
        shown,
        cause,
        RecoveryCondition.STORAGE_NOT_WRITABLE,
        LocalFailures::permanentReason);
  }

  /** If that is refused, what comes next tells whether it was needed. */
  private static void takeOwnersRights(
      SecureDirectoryStream<Path> directory, Path name, Path path, BasicFileAttributes attributes) {
    if (!(attributes instanceof PosixFileAttributes posix)
        || posix.permissions().containsAll(OWNERS)) {
      return;
    }
    Set<PosixFilePermission> more = EnumSet.copyOf(OWNERS);
    more.addAll(posix.permissions());
    PosixFileAttributeView view =
        directory.getFileAttributeView(
            name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    try {
      try {
        view.setPermissions(more);
      } catch (AccessDeniedException e) {
        // The view opens it to be safe from links, for which its owner must be allowed to read it.
        // By its path, a link that was put there meanwhile would give owners rights that they may
        // take anyway.
        Files.setPosixFilePermissions(path, more);
      }
    } catch (IOException e) {
      log.debug("The owner's rights on {} could not be taken", path, e);
    }
  }

  private static BasicFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    PosixFileAttributeView posix =
        directory.getFileAttributeView(
            name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    return posix != null
        ? posix.readAttributes()
        : directory
            .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
  }
}
