package io.jobs4j.core.local;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
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
 * not read, change or enter is first made so that the owner may. A failure names the innermost
 * place that could not be deleted. Stateless.
 */
final class TreeDeletion {
  private static final Logger log = LoggerFactory.getLogger(TreeDeletion.class);
  private static final Set<PosixFilePermission> OWNERS =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private TreeDeletion() {}

  /**
   * Deletes what is at {@code path}.
   *
   * @param root the root, without links
   * @param path below the root, with no link above its last name
   * @param shown the path in the storage
   */
  static void delete(Path root, Path path, StoragePath shown)
      throws IOException, InterruptedException {
    try (DirectoryStream<Path> directory = Files.newDirectoryStream(root)) {
      if (directory instanceof SecureDirectoryStream<Path> secure) {
        deleteBelow(secure, root, root.relativize(path), shown);
      } else {
        Files.walkFileTree(path, new Visitor());
        LocalStorage.heedInterrupt();
      }
    }
  }

  /** Goes down to what is to be deleted, opening each name relative to its directory. */
  private static void deleteBelow(
      SecureDirectoryStream<Path> directory, Path above, Path relative, StoragePath shown)
      throws IOException, InterruptedException {
    Path name = relative.getName(0);
    Path path = above.resolve(name);
    if (relative.getNameCount() == 1) {
      delete(directory, name, path, shown);
      return;
    }
    try (SecureDirectoryStream<Path> next =
        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      deleteBelow(next, path, relative.subpath(1, relative.getNameCount()), shown);
    }
  }

  private static void delete(
      SecureDirectoryStream<Path> directory, Path name, Path path, StoragePath shown)
      throws InterruptedException {
    LocalStorage.heedInterrupt();
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
      throw Failures.of(
          "delete",
          shown,
          Objects.requireNonNull(e.getCause()),
          RecoveryCondition.STORAGE_NOT_WRITABLE);
    } catch (IOException e) {
      throw Failures.of("delete", shown, e, RecoveryCondition.STORAGE_NOT_WRITABLE);
    }
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

  /** Deletes a tree where names cannot be opened relative to a directory. */
  private static final class Visitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return Thread.currentThread().isInterrupted()
          ? FileVisitResult.TERMINATE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
