package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an H2 database, which have the parameters of jobs, and those may be secret. What is
 * made here is its owner's alone. Where file systems have no POSIX permissions, nothing is done
 * about that. Stateless.
 */
final class DatabaseFiles {
  private static final Logger log = LoggerFactory.getLogger(DatabaseFiles.class);

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("------rwx");

  /** As much as H2 may write before a database is open, in bytes. */
  private static final int ROOM = 256 * 1024;

  private DatabaseFiles() {}

  /**
   * Makes the directory of a database ready for it.
   *
   * @return its file, without what H2 adds to the name
   * @throws StoreException if the directory cannot be used
   */
  static Path prepare(Path directory) {
    Path file = directory.toAbsolutePath().normalize().resolve("jobs4j");
    requireUsable(directory, file);
    try {
      makePrivate(directory, file);
      // As H2 names it too.
      file = directory.toRealPath().resolve("jobs4j");
      requireUsable(directory, file);
    } catch (IOException e) {
      throw new StoreException("The directory %s cannot be made.".formatted(directory), e);
    }
    try {
      requireRoom(directory);
    } catch (IOException e) {
      throw new StoreException(
          "The directory %s of the database cannot be written: %s"
              .formatted(directory, SqlFailure.rootMessage(e)),
          e);
    }
    return file;
  }

  /** H2 would take a semicolon for the start of its options and a backslash for a separator. */
  private static void requireUsable(Path directory, Path file) {
    if (file.toString().replace(File.separatorChar, '/').matches("(?s).*[;\\\\].*")) {
      throw new StoreException(
          "The directory %s cannot hold the database: its path has a semicolon or backslash."
              .formatted(directory));
    }
  }

  /**
   * Makes the directory and the file of a database, if they are not there. From files that are
   * there it takes the rights of accounts that are neither their owner nor in their group. Rights
   * of the group are left, since somebody may have given them on purpose, and so are those of a
   * directory that is there, since it may hold more.
   *
   * @param file without what H2 adds to the names of its files
   * @throws IOException if one of them cannot be made
   */
  static void makePrivate(Path directory, Path file) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || Files.exists(absolute)) {
      Files.createDirectories(absolute);
    } else {
      Files.createDirectories(parent);
      create(attributes -> Files.createDirectory(absolute, attributes), absolute, DIRECTORY);
    }
    // H2 would make it as the umask says. One that is empty is new to it.
    Path data = file.resolveSibling(file.getFileName() + ".mv.db");
    if (!Files.exists(data)) {
      create(attributes -> Files.createFile(data, attributes), data, FILE);
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(absolute, file.getFileName() + ".*.db")) {
      files.forEach(DatabaseFiles::restrict);
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("Who may read the files of the database in {} is not known", absolute, e);
    }
  }

  /**
   * Refuses a directory that has no room or cannot be written for another reason, before H2 begins
   * to wait for it. The file that is written for that has no name any more when this returns, or
   * when the process ends before.
   *
   * @throws IOException if it has no room
   */
  private static void requireRoom(Path directory) throws IOException {
    Path probe = directory.resolve("jobs4j-" + UUID.randomUUID() + ".probe");
    try (FileChannel file =
        FileChannel.open(
            probe,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      ByteBuffer zeros = ByteBuffer.allocate(ROOM);
      while (zeros.hasRemaining()) {
        int unused = file.write(zeros);
      }
      file.force(true);
    }
  }

  private static void create(Creation creation, Path place, Set<PosixFilePermission> permissions)
      throws IOException {
    try {
      // A file store would say more, but cannot be had if its mount is not listed, as in a chroot.
      if (place.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        creation.create(PosixFilePermissions.asFileAttribute(permissions));
      } else {
        creation.create();
      }
    } catch (FileAlreadyExistsException e) {
      // Somebody else has just made it.
    }
  }

  private static void restrict(Path file) {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    try {
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(view.readAttributes().permissions());
      if (permissions.removeAll(OTHERS)) {
        view.setPermissions(permissions);
        log.info("Took the rights of others from the file {} of the database", file);
      }
    } catch (IOException e) {
      log.warn("Others may have rights to the file {} of the database: {}", file, e.toString());
    }
  }

  @FunctionalInterface
  private interface Creation {
    void create(FileAttribute<?>... attributes) throws IOException;
  }
}
