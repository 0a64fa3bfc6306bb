package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.schmizz.concurrent.Promise;
import net.schmizz.sshj.sftp.FileAttributes;
import net.schmizz.sshj.sftp.FileMode;
import net.schmizz.sshj.sftp.PacketType;
import net.schmizz.sshj.sftp.Response;
import net.schmizz.sshj.sftp.Response.StatusCode;
import net.schmizz.sshj.sftp.SFTPEngine;
import net.schmizz.sshj.sftp.SFTPException;
import org.jspecify.annotations.Nullable;

/**
 * Finds places below a root directory of the server and is not led out of it by symbolic links: it
 * asks for each name on the way without following links, all names in one round trip, and where a
 * link leads it asks the server before it goes on. Safe for use by several threads.
 */
final class SftpConfinement {
  private final String rootDir;
  private final @Nullable StoragePath marker;
  private volatile @Nullable String root;

  /**
   * @param marker what is there if the file system of the root is mounted; {@code null} if that is
   *     not known
   */
  SftpConfinement(String rootDir, @Nullable StoragePath marker) {
    this.rootDir = rootDir;
    this.marker = marker;
  }

  /**
   * What a path leads to.
   *
   * @param path the place on the server, with no symbolic link above its last name; if nothing is
   *     there, none above {@code nearest}
   * @param attributes of what is there; {@code null} if nothing is, or a link that leads nowhere
   * @param nearest the deepest thing on the way that exists
   * @param nearestIsDirectory whether that is a directory, not a file where the path wants one
   * @param way the directories gone through, without links, from the root on
   */
  record Place(
      String path,
      @Nullable FileAttributes attributes,
      String nearest,
      boolean nearestIsDirectory,
      List<String> way) {}

  /**
   * Goes to {@code path}.
   *
   * @param followLast whether to follow a symbolic link in the last name; those before it always
   *     are
   * @throws PermanentAdapterException if a link leads out of the root, or a name cannot be sent
   * @throws TransientAdapterException if the root is gone, or its file system is not mounted
   */
  Place locate(SFTPEngine sftp, StoragePath path, boolean followLast) throws IOException {
    path.segments().forEach(SftpConfinement::requireUsable);
    String base = root(sftp);
    int length = path.segments().size();
    List<@Nullable FileAttributes> found = findMounted(sftp, base, path.segments());
    FileAttributes attributes = requireRoot(found.get(0));
    int at = 1;
    String here = base;
    List<String> way = new ArrayList<>(List.of(base));
    for (int i = 0; i < length; i++) {
      String next = child(here, path.segments().get(i));
      FileAttributes there = isDirectory(attributes) ? found.get(at++) : null;
      boolean followed = false;
      if (there != null && isLink(there) && (followLast || i < length - 1)) {
        Target target = follow(sftp, next);
        there = null;
        if (target != null) {
          requireInside(base, target.path, path, i + 1);
          next = target.path;
          there = target.attributes;
          followed = true;
        }
      }
      if (there == null) {
        for (String name : path.segments().subList(i + 1, length)) {
          next = child(next, name);
        }
        return new Place(next, null, here, isDirectory(attributes), way);
      }
      here = next;
      attributes = there;
      if (isDirectory(there)) {
        way.add(here);
      }
      if (followed) {
        found = find(sftp, here, path.segments().subList(i + 1, length), false);
        at = 0;
      }
    }
    return new Place(here, attributes, here, isDirectory(attributes), way);
  }

  /**
   * Checks that the file system of the root is mounted, as far as a marker tells.
   *
   * @throws TransientAdapterException if it is not
   */
  void requireMounted(SFTPEngine sftp) throws IOException {
    if (marker != null) {
      requireMarker(sftp, ask(sftp, below(root(sftp), marker)));
    }
  }

  /**
   * Attributes of the root and of what is below it. The marker is asked for in the same round trip,
   * but after them, so that its answer holds for what was not found too.
   */
  private List<@Nullable FileAttributes> findMounted(
      SFTPEngine sftp, String base, List<String> names) throws IOException {
    List<Promise<Response, SFTPException>> answers = ask(sftp, base, names, true);
    if (marker == null) {
      return found(sftp, answers);
    }
    Promise<Response, SFTPException> markers = ask(sftp, below(base, marker));
    List<@Nullable FileAttributes> found;
    try {
      found = found(sftp, answers);
    } catch (SFTPException e) {
      if (SftpFailures.isAnswer(e)) {
        requireMarker(sftp, markers);
      }
      throw e;
    }
    requireRoot(found.get(0));
    requireMarker(sftp, markers);
    return found;
  }

  private void requireMarker(SFTPEngine sftp, Promise<Response, SFTPException> answer)
      throws IOException {
    try {
      answer
          .retrieve(sftp.getTimeoutMs(), TimeUnit.MILLISECONDS)
          .ensurePacketTypeIs(PacketType.ATTRS);
    } catch (SFTPException e) {
      if (!SftpFailures.isAnswer(e)) {
        throw e;
      }
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          ("The marker file %s of the storage cannot be seen, so the file system of its root"
                  + " directory %s is taken for not mounted; mount it.")
              .formatted(marker == null ? null : below(rootDir, marker), rootDir),
          e);
    }
  }

  private FileAttributes requireRoot(@Nullable FileAttributes attributes) {
    if (attributes == null || !isDirectory(attributes)) {
      root = null;
      throw rootMissing(null);
    }
    return attributes;
  }

  /**
   * What something in a directory shows as: itself or, if it is a link, what it leads to.
   *
   * @param attributes of what shows, which may be neither file nor directory; {@code null} if
   *     nothing does
   * @param reason why nothing shows; {@code null} if something does
   */
  record Shown(@Nullable FileAttributes attributes, Omission.@Nullable Reason reason) {}

  /**
   * Looks at something in a directory.
   *
   * @param entry a direct child of the directory that {@code way} ends in
   * @param attributes of the entry itself
   */
  Shown show(SFTPEngine sftp, String entry, FileAttributes attributes, List<String> way)
      throws IOException {
    if (!isLink(attributes)) {
      return new Shown(attributes, null);
    }
    Target target;
    try {
      target = follow(sftp, entry);
    } catch (SFTPException e) {
      if (e.getStatusCode() == StatusCode.PERMISSION_DENIED) {
        // Somebody's link to what only they may see must not hide the rest of the directory.
        return new Shown(null, Omission.Reason.LINK_DENIED);
      }
      throw e;
    }
    if (target == null) {
      return new Shown(null, Omission.Reason.LINK_NOWHERE);
    }
    String leadsTo = target.path;
    if (!isInside(way.get(0), leadsTo)) {
      return new Shown(null, Omission.Reason.LINK_OUT);
    }
    return way.stream().anyMatch(directory -> isInside(leadsTo, directory))
        ? new Shown(null, Omission.Reason.LINK_BACK)
        : new Shown(target.attributes, null);
  }

  /** Attributes without following a link; {@code null} if nothing is there. */
  static @Nullable FileAttributes find(SFTPEngine sftp, String path) throws IOException {
    return find(sftp, path, List.of(), true).get(0);
  }

  /**
   * Attributes of {@code base}, if asked for, and of what the names lead to from there, one below
   * the other.
   */
  private static List<@Nullable FileAttributes> find(
      SFTPEngine sftp, String base, List<String> names, boolean withBase) throws IOException {
    return found(sftp, ask(sftp, base, names, withBase));
  }

  private static List<Promise<Response, SFTPException>> ask(
      SFTPEngine sftp, String base, List<String> names, boolean withBase) throws IOException {
    List<Promise<Response, SFTPException>> answers = new ArrayList<>();
    String at = base;
    if (withBase) {
      answers.add(ask(sftp, at));
    }
    for (String name : names) {
      at = child(at, name);
      answers.add(ask(sftp, at));
    }
    return answers;
  }

  private static List<@Nullable FileAttributes> found(
      SFTPEngine sftp, List<Promise<Response, SFTPException>> answers) throws IOException {
    List<@Nullable FileAttributes> found = new ArrayList<>();
    SFTPException denied = null;
    for (Promise<Response, SFTPException> answer : answers) {
      try {
        found.add(
            answer
                .retrieve(sftp.getTimeoutMs(), TimeUnit.MILLISECONDS)
                .ensurePacketTypeIs(PacketType.ATTRS)
                .readFileAttributes());
      } catch (SFTPException e) {
        if (!SftpFailures.isAnswer(e)) {
          throw e;
        }
        // Below something that is a link or no directory, the answer does not matter.
        FileAttributes above = found.isEmpty() ? null : found.get(found.size() - 1);
        boolean matters = found.isEmpty() || (above != null && isDirectory(above));
        if (matters && !SftpFailures.isMissing(e) && denied == null) {
          denied = e;
        }
        found.add(null);
      }
    }
    if (denied != null && found.stream().noneMatch(each -> each != null && isLink(each))) {
      throw denied;
    }
    return found;
  }

  private static Promise<Response, SFTPException> ask(SFTPEngine sftp, String path)
      throws IOException {
    return sftp.request(sftp.newRequest(PacketType.LSTAT).putString(path, StandardCharsets.UTF_8));
  }

  /** What a link leads to in the end. */
  private record Target(String path, FileAttributes attributes) {}

  private static @Nullable Target follow(SFTPEngine sftp, String link) throws IOException {
    String path;
    try {
      path = sftp.canonicalize(link);
    } catch (SFTPException e) {
      if (SftpFailures.isAnswer(e) && SftpFailures.isMissing(e)) {
        return null;
      }
      throw e;
    }
    FileAttributes attributes = find(sftp, path);
    if (attributes == null) {
      return null;
    }
    if (isLink(attributes)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "The symbolic link %s cannot be followed: the server does not say where it leads."
              .formatted(link));
    }
    return new Target(path, attributes);
  }

  /** Where the root is, its links followed. */
  private String root(SFTPEngine sftp) throws IOException {
    String known = root;
    if (known != null) {
      return known;
    }
    try {
      String found = sftp.canonicalize(rootDir);
      root = found;
      return found;
    } catch (SFTPException e) {
      if (SftpFailures.isAnswer(e) && SftpFailures.isMissing(e)) {
        throw rootMissing(e);
      }
      throw e;
    }
  }

  private void requireInside(String base, String target, StoragePath path, int segments) {
    if (!isInside(base, target)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "Path \"%s\" is refused: the symbolic link \"%s\" leads out of the storage in %s."
              .formatted(path, new StoragePath(path.segments().subList(0, segments)), rootDir));
    }
  }

  /** Whether {@code path} is {@code directory} or below it. */
  private static boolean isInside(String directory, String path) {
    return path.equals(directory)
        || path.startsWith(directory.endsWith("/") ? directory : directory + "/");
  }

  private static String below(String directory, StoragePath path) {
    return child(directory, String.join("/", path.segments()));
  }

  static String child(String directory, String name) {
    return directory.endsWith("/") ? directory + name : directory + "/" + name;
  }

  static boolean isDirectory(FileAttributes attributes) {
    return attributes.getType() == FileMode.Type.DIRECTORY;
  }

  static boolean isFile(FileAttributes attributes) {
    return attributes.getType() == FileMode.Type.REGULAR;
  }

  static boolean isLink(FileAttributes attributes) {
    return attributes.getType() == FileMode.Type.SYMLINK;
  }

  private static void requireUsable(String name) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw SftpFailures.unusableName(name);
    }
  }

  /** A missing root is what a file system that is not mounted looks like, so it can come back. */
  private TransientAdapterException rootMissing(@Nullable Exception cause) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The root directory %s of the storage is not there; create it or mount its file system."
            .formatted(rootDir),
        cause);
  }
}
