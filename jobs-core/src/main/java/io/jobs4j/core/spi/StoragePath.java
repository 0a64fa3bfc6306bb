package io.jobs4j.core.spi;

import io.jobs4j.core.internal.definition.Paths;
import io.jobs4j.core.model.ConditionCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A place inside a storage: segments below its root. It cannot name anything outside, because no
 * segment is empty, {@code .} or {@code ..} or holds a slash or a NUL.
 *
 * @param segments none for the root itself
 */
public record StoragePath(List<String> segments) {
  /** The root of a storage. */
  public static final StoragePath ROOT = new StoragePath(List.of());

  /**
   * @throws PermanentAdapterException if a segment is not one
   */
  public StoragePath {
    segments = List.copyOf(segments);
    for (String segment : segments) {
      if (segment.isEmpty()
          || segment.equals(".")
          || segment.equals("..")
          || segment.indexOf('/') >= 0
          || segment.indexOf('\0') >= 0) {
        throw refused(String.join("/", segments));
      }
    }
  }

  /**
   * Reads a path as Agave does: with a leading slash from the root of the storage, without one from
   * {@code homeDir}. Repeated slashes and {@code .} segments do not count.
   *
   * @throws PermanentAdapterException if the path has a {@code ..} segment or a NUL
   */
  public static StoragePath parse(String homeDir, String path) {
    StoragePath start = path.startsWith("/") ? ROOT : parse(homeDir);
    return start.resolve(path);
  }

  /**
   * Reads a path from the root of the storage, with or without a leading slash.
   *
   * @throws PermanentAdapterException if the path has a {@code ..} segment or a NUL
   */
  public static StoragePath parse(String path) {
    return ROOT.resolve(path);
  }

  /**
   * The place that {@code relative} names from here; a leading slash does not count.
   *
   * @throws PermanentAdapterException if it has a {@code ..} segment or a NUL
   */
  public StoragePath resolve(String relative) {
    if (!Paths.staysInside(relative)) {
      throw refused(relative);
    }
    List<String> all = new ArrayList<>(segments);
    for (String segment : relative.split("/", -1)) {
      if (!segment.isEmpty() && !segment.equals(".")) {
        all.add(segment);
      }
    }
    return new StoragePath(all);
  }

  /** The last segment; empty for the root. */
  public String name() {
    return segments.isEmpty() ? "" : segments.get(segments.size() - 1);
  }

  /** The directory that this is in; the root for the root. */
  public StoragePath parent() {
    return segments.isEmpty() ? this : new StoragePath(segments.subList(0, segments.size() - 1));
  }

  /** The directories that this is in, the nearest first, the root last; none for the root. */
  public List<StoragePath> ancestors() {
    List<StoragePath> all = new ArrayList<>();
    for (StoragePath at = this; !at.segments().isEmpty(); at = at.parent()) {
      all.add(at.parent());
    }
    return List.copyOf(all);
  }

  /** Whether this is {@code other} or below it. */
  public boolean startsWith(StoragePath other) {
    return segments.size() >= other.segments.size()
        && segments.subList(0, other.segments.size()).equals(other.segments);
  }

  /**
   * The path from {@code ancestor} to here, without a leading slash.
   *
   * @throws IllegalArgumentException if this is not below {@code ancestor}
   */
  public String relativeTo(StoragePath ancestor) {
    if (!startsWith(ancestor)) {
      throw new IllegalArgumentException(this + " is not below " + ancestor);
    }
    return String.join("/", segments.subList(ancestor.segments.size(), segments.size()));
  }

  /** The path from the root, with a leading slash. */
  @Override
  public String toString() {
    return "/" + String.join("/", segments);
  }

  private static PermanentAdapterException refused(String path) {
    return new PermanentAdapterException(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "Path \"%s\" is refused: a path must stay inside its storage and have no \"..\" segment."
            .formatted(path));
  }
}
