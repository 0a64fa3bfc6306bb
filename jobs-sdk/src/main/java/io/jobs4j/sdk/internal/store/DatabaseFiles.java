package io.jobs4j.sdk.internal.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an H2 database, which only their owner may read: they have the parameters of jobs,
 * which may be secret. Where file systems have no POSIX permissions, nothing is done about that.
 * Stateless.
 */
final class DatabaseFiles {
  private static final Logger log = LoggerFactory.getLogger(DatabaseFiles.class);

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private DatabaseFiles() {}

  /**
   * Makes the directory of a database, if it is not there, and takes the rights of others from the
   * files. A directory that is there keeps its permissions, since it may hold more.
   *
   * @param file without what H2 adds to the names of its files
   */
  static void makePrivate(Path directory, Path file) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || Files.exists(absolute)) {
      Files.createDirectories(absolute);
    } else {
      Files.createDirectories(parent);
      create(() -> Files.createDirectory(absolute, attributes(parent, DIRECTORY)));
    }
    // H2 would make it as the umask says. One that is empty is new to it.
    Path data = file.resolveSibling(file.getFileName() + ".mv.db");
    create(() -> Files.createFile(data, attributes(absolute, FILE)));
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(absolute, file.getFileName() + ".*.db")) {
      for (Path one : files) {
        restrict(one);
      }
    }
  }

  private static void create(Creation creation) throws IOException {
    try {
      creation.create();
    } catch (FileAlreadyExistsException e) {
      // Then its permissions are looked at, or left.
    }
  }

  private static FileAttribute<?>[] attributes(Path directory, Set<PosixFilePermission> permissions)
      throws IOException {
    return Files.getFileStore(directory).supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static void restrict(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> own = EnumSet.noneOf(PosixFilePermission.class);
    own.addAll(view.readAttributes().permissions());
    if (own.retainAll(FILE)) {
      try {
        view.setPermissions(own);
      } catch (IOException e) {
        log.warn("Others may read the file {} of the database: {}", file, e.toString());
      }
    }
  }

  @FunctionalInterface
  private interface Creation {
    void create() throws IOException;
  }
}
