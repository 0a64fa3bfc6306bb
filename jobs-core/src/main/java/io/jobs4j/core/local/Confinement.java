package io.jobs4j.core.local;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds places below a root directory and is not led out of it by symbolic links. It goes down from
 * the root one name at a time, so that nothing outside is even looked at. Safe for use by several
 * threads.
 */
final class Confinement {
  private final Path root;
  private final MountedRoot mounted;
  private final Class<? extends BasicFileAttributes> attributesType;

  /**
   * @param directory the root; its links are followed once, here
   * @param marker what is there if the root's file system is mounted; {@code null} if that is not
   *     known
   * @throws TransientAdapterException if no directory is there, or its file system is not mounted
   */
  Confinement(Path directory, @Nullable StoragePath marker) {
    try {
      root = directory.toRealPath();
    } catch (IOException e) {
      throw MountedRoot.missing(directory, e);
    }
    if (!Files.isDirectory(root)) {
      throw MountedRoot.missing(directory, null);
    }
    mounted = new MountedRoot(root, marker);
    attributesType =
        root.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? PosixFileAttributes.class
            : BasicFileAttributes.class;
  }

  /**
   * What a path leads to.
   *
   * @param path the place on this machine, with no symbolic link above its last name; if nothing is
   *     there, none above {@code nearest}
   * @param attributes of what is there; {@code null} if nothing is, or a link that leads nowhere
   * @param nearest the deepest thing on the way that exists: a directory, or a file where the path
   *     wants a directory
   * @param way the directories gone through, without links, from the root on
   */
  record Place(Path path, @Nullable BasicFileAttributes attributes, Path nearest, List<Path> way) {}

  Path root() {
    return root;
  }

  /**
   * Goes to {@code path}.
   *
   * @param followLast whether to follow a symbolic link in the last name; those before it always
   *     are
   * @throws PermanentAdapterException if a link leads out of the root, or a name cannot be a file
   *     name here
   * @throws TransientAdapterException if the root is gone, or its file system is not mounted
   */
  Place locate(StoragePath path, boolean followLast) throws IOException {
    Place place = goTo(path, followLast);
    // Afterwards, so that it holds for what was not found too.
    mounted.require();
    return place;
  }

  /**
   * Checks that the root's file system is mounted.
   *
   * @throws TransientAdapterException if it is not
   */
  void requireMounted() {
    mounted.require();
  }

  private Place goTo(StoragePath path, boolean followLast) throws IOException {
    Path here = root;
    BasicFileAttributes attributes = find(root);
    if (attributes == null || !attributes.isDirectory()) {
      throw MountedRoot.missing(root, null);
    }
    List<Path> way = new ArrayList<>();
    way.add(root);
    int length = path.segments().size();
    for (int i = 0; i < length; i++) {
      Path next = child(here, path.segments().get(i));
      BasicFileAttributes found = attributes.isDirectory() ? find(next) : null;
      if (found != null && found.isSymbolicLink() && (followLast || i < length - 1)) {
        Path target = follow(next);
        if (target != null) {
          if (!target.startsWith(root)) {
            throw leadsOut(path, i + 1);
          }
          next = target;
        }
        found = target == null ? null : find(target);
      }
      if (found == null) {
        for (String name : path.segments().subList(i + 1, length)) {
          next = child(next, name);
        }
        return new Place(next, null, here, way);
      }
      here = next;
      attributes = found;
      if (found.isDirectory()) {
        way.add(here);
      }
    }
    return new Place(here, attributes, here, way);
  }

  /**
   * What something in a directory shows as: itself or, if it is a link, what it leads to.
   *
   * @param attributes of what shows, which may be neither file nor directory; {@code null} if
   *     nothing does
   * @param reason why nothing shows; {@code null} if it has just gone
   * @param link whether it is a link that shows as what it leads to
   */
  record Shown(
      @Nullable BasicFileAttributes attributes, Omission.@Nullable Reason reason, boolean link) {
    static Shown nothing(Omission.Reason reason) {
      return new Shown(null, reason, false);
    }
  }

  /**
   * Looks at something in a directory.
   *
   * @param entry a direct child of the directory that {@code way} ends in
   */
  Shown show(Path entry, List<Path> way) throws IOException {
    BasicFileAttributes attributes = find(entry);
    if (attributes == null || !attributes.isSymbolicLink()) {
      return new Shown(attributes, null, false);
    }
    Path target;
    try {
      target = follow(entry);
    } catch (AccessDeniedException e) {
      // Somebody's link to what only they may see must not hide the rest of the directory.
      return Shown.nothing(Omission.Reason.LINK_DENIED);
    }
    if (target == null) {
      return Shown.nothing(Omission.Reason.LINK_NOWHERE);
    }
    if (!target.startsWith(root)) {
      return Shown.nothing(Omission.Reason.LINK_OUT);
    }
    if (way.stream().anyMatch(directory -> directory.startsWith(target))) {
      return Shown.nothing(Omission.Reason.LINK_BACK);
    }
    BasicFileAttributes found = find(target);
    return found == null
        ? Shown.nothing(Omission.Reason.LINK_NOWHERE)
        : new Shown(found, null, true);
  }

  /** Attributes without following a link; {@code null} if nothing is there. */
  private @Nullable BasicFileAttributes find(Path path) throws IOException {
    try {
      return Files.readAttributes(path, attributesType, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where a link leads in the end; {@code null} if nowhere. */
  private static @Nullable Path follow(Path link) throws IOException {
    try {
      return link.toRealPath();
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (Failures.says(e, "Too many levels of symbolic links", "Not a directory")) {
        return null;
      }
      throw e;
    }
  }

  private static Path child(Path directory, String name) {
    try {
      return directory.resolve(name);
    } catch (InvalidPathException e) {
      throw Failures.unusableName(name, e);
    }
  }

  private PermanentAdapterException leadsOut(StoragePath path, int segments) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "Path \"%s\" is refused: the symbolic link \"%s\" leads out of the storage in %s."
            .formatted(path, new StoragePath(path.segments().subList(0, segments)), root));
  }
}
