package io.jobs4j.core.storage;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.storage.FileOperations.Answers;
import io.jobs4j.core.storage.FileOperations.Target;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds places below a root directory and is not led out of it by symbolic links. It asks for each
 * name on the way without following links, and goes on from where a link leads only if that is
 * below the root. Safe for use by several threads.
 *
 * @param <P> a path of the protocol
 */
final class Confinement<P> {
  private final String rootDir;
  private final @Nullable StoragePath marker;
  private volatile @Nullable P root;

  /**
   * @param rootDir what failures call the root
   * @param marker what is there if the file system of the root is mounted; {@code null} if that is
   *     not known
   */
  Confinement(String rootDir, @Nullable StoragePath marker) {
    this.rootDir = rootDir;
    this.marker = marker;
  }

  /**
   * Goes to {@code path}.
   *
   * @param followLast whether to follow a symbolic link in the last name; those before it always
   *     are
   * @throws PermanentAdapterException if a link leads out of the root, or a name cannot be one here
   * @throws TransientAdapterException if the root is gone, or its file system is not mounted
   */
  Place<P> locate(FileOperations<P> files, StoragePath path, boolean followLast)
      throws IOException {
    List<String> names = path.segments();
    P base = root(files);
    List<P> asked = new ArrayList<>();
    asked.add(base);
    addBelow(files, base, names, asked);
    int markers = asked.size();
    if (marker != null) {
      // In the same round trip, but after the others, so that it holds for what is not found too.
      asked.add(below(files, base, marker));
    }
    Answers first = files.status(asked);
    FileStatus status = requireRoot(first.get(0));
    Answers answers = first;
    int next = 1;
    P here = base;
    List<P> way = new ArrayList<>(List.of(base));
    for (int i = 0; i < names.size(); i++) {
      P at = files.child(here, names.get(i));
      FileStatus there = status.isDirectory() ? answers.get(next++) : null;
      boolean followed = false;
      if (there != null && there.isLink() && (followLast || i < names.size() - 1)) {
        Target<P> target = files.follow(at);
        there = null;
        if (target != null) {
          if (!files.contains(base, target.place())) {
            requireMounted(files, first, markers);
            throw leadsOut(path, i + 1);
          }
          at = target.place();
          there = target.status() == null ? files.status(at) : target.status();
          followed = true;
        }
      }
      if (there == null) {
        requireMounted(files, first, markers);
        return nothing(files, here, status.isDirectory(), names.subList(i, names.size()), way);
      }
      here = at;
      status = there;
      if (there.isDirectory()) {
        way.add(here);
      }
      if (followed) {
        List<P> rest = new ArrayList<>();
        addBelow(files, here, names.subList(i + 1, names.size()), rest);
        answers = files.status(rest);
        next = 0;
      }
    }
    requireMounted(files, first, markers);
    return new Place<>(here, status, here, status.isDirectory(), List.of(), way);
  }

  private static <P> Place<P> nothing(
      FileOperations<P> files, P nearest, boolean directory, List<String> missing, List<P> way) {
    P at = nearest;
    for (String name : missing) {
      at = files.child(at, name);
    }
    return new Place<>(at, null, nearest, directory, missing, way);
  }

  private static <P> void addBelow(
      FileOperations<P> files, P directory, List<String> names, List<P> places) {
    P at = directory;
    for (String name : names) {
      at = files.child(at, name);
      places.add(at);
    }
  }

  private static <P> P below(FileOperations<P> files, P directory, StoragePath path) {
    P at = directory;
    for (String name : path.segments()) {
      at = files.child(at, name);
    }
    return at;
  }

  /** Where the root is, which is asked for once. */
  private P root(FileOperations<P> files) throws IOException {
    P known = root;
    if (known != null) {
      return known;
    }
    try {
      P found = files.root();
      root = found;
      return found;
    } catch (NoSuchFileException e) {
      throw Failures.rootMissing(rootDir, e);
    }
  }

  private FileStatus requireRoot(@Nullable FileStatus status) {
    if (status == null || !status.isDirectory()) {
      root = null;
      throw Failures.rootMissing(rootDir, null);
    }
    return status;
  }

  /**
   * Checks that the file system of the root is mounted.
   *
   * @throws TransientAdapterException if it is not
   */
  void requireMounted(FileOperations<P> files) throws IOException {
    if (marker == null) {
      files.requireMounted();
    } else {
      requireMarker(files.status(List.of(below(files, root(files), marker))), 0, marker);
    }
  }

  /** Checks that with an answer that was asked for with others. */
  private void requireMounted(FileOperations<P> files, Answers answers, int index)
      throws IOException {
    if (marker == null) {
      files.requireMounted();
    } else {
      requireMarker(answers, index, marker);
    }
  }

  private void requireMarker(Answers answers, int index, StoragePath marked) throws IOException {
    FileSystemException failure = null;
    try {
      if (answers.get(index) != null) {
        return;
      }
    } catch (FileSystemException e) {
      failure = e;
    }
    throw Failures.notMounted(
        ("The marker file %s of the storage cannot be seen, so the file system of its root"
                + " directory %s is taken for not mounted; mount it.")
            .formatted(
                (rootDir.endsWith("/") ? rootDir : rootDir + "/")
                    + String.join("/", marked.segments()),
                rootDir),
        failure);
  }

  /**
   * What something in a directory shows as: itself or, if it is a link, what it leads to.
   *
   * @param status of what shows, which may be neither file nor directory; {@code null} if nothing
   *     does
   * @param reason why nothing shows; {@code null} if something does
   */
  record Shown(@Nullable FileStatus status, Omission.@Nullable Reason reason) {
    static Shown nothing(Omission.Reason reason) {
      return new Shown(null, reason);
    }
  }

  /**
   * Looks at something in a directory.
   *
   * @param entry a direct child of the directory that {@code way} ends in
   * @param status of the entry itself
   */
  Shown show(FileOperations<P> files, P entry, FileStatus status, List<P> way) throws IOException {
    if (!status.isLink()) {
      return new Shown(status, null);
    }
    Target<P> target;
    try {
      target = files.follow(entry);
    } catch (AccessDeniedException e) {
      // Somebody's link to what only they may see must not hide the rest of the directory.
      return Shown.nothing(Omission.Reason.LINK_DENIED);
    }
    if (target == null) {
      return Shown.nothing(Omission.Reason.LINK_NOWHERE);
    }
    P place = target.place();
    if (!files.contains(way.get(0), place)) {
      return Shown.nothing(Omission.Reason.LINK_OUT);
    }
    if (way.stream().anyMatch(directory -> files.contains(place, directory))) {
      return Shown.nothing(Omission.Reason.LINK_BACK);
    }
    FileStatus found = target.status() == null ? files.status(place) : target.status();
    return found == null ? Shown.nothing(Omission.Reason.LINK_NOWHERE) : new Shown(found, null);
  }

  private PermanentAdapterException leadsOut(StoragePath path, int segments) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "Path \"%s\" is refused: the symbolic link \"%s\" leads out of the storage in %s."
            .formatted(path, new StoragePath(path.segments().subList(0, segments)), rootDir));
  }
}
