package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.Omission;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files are to be transferred, and where to. Immutable.
 *
 * @param files each with a target of its own
 * @param emptyDirectories directories to make at the target that no file of the plan makes
 * @param omissions what the source does not let be transferred, and what was gone when its turn
 *     came
 */
public record TransferPlan(
    List<Item> files, List<StoragePath> emptyDirectories, Omissions omissions) {
  /** Deeper than anyone nests on purpose; only links that go round lead here. */
  static final int DEPTH_LIMIT = 512;

  public TransferPlan {
    files = List.copyOf(files);
    emptyDirectories = List.copyOf(emptyDirectories);
  }

  /**
   * A file or directory to transfer with all it holds.
   *
   * @param source where it is
   * @param target where it is to be: its new path, not that of the directory it goes into
   */
  public record Root(StoragePath source, StoragePath target) {}

  /**
   * One file.
   *
   * @param source where it is
   * @param target where it is to be
   * @param length bytes it had when the plan was made
   * @param modified when it had changed last; given to the target
   * @param executable whether its owner may execute it; given to the target
   */
  public record Item(
      StoragePath source, StoragePath target, long length, Instant modified, boolean executable) {}

  /**
   * What is left out.
   *
   * @param unlisted what the source does not list
   * @param vanished directories that were gone when they were to be listed
   */
  public record Omissions(List<Omission> unlisted, List<StoragePath> vanished) {
    /** Nothing is. */
    public static final Omissions NONE = new Omissions(List.of(), List.of());

    public Omissions {
      unlisted = List.copyOf(unlisted);
      vanished = List.copyOf(vanished);
    }
  }

  /** What stays where it is. */
  public interface Exclusion {
    /** Nothing does. */
    Exclusion NONE = (path, directory) -> false;

    /**
     * Whether a file stays, or a directory with all that is in it.
     *
     * @param path below a root, relative to that root and without a leading slash; never a root
     * @param directory whether it is one
     */
    boolean excludes(String path, boolean directory);
  }

  /**
   * Walks a source that is not expected to change meanwhile.
   *
   * @param roots what to transfer
   * @throws PermanentAdapterException if a root is not there, if something vanishes meanwhile, if
   *     two different files would go to one place, or if the source refuses
   * @throws TransientAdapterException if the source cannot be read at present
   * @throws InterruptedException if the thread was interrupted
   */
  public static TransferPlan of(FileStorage source, List<Root> roots, Exclusion exclusion)
      throws InterruptedException {
    return of(source, roots, exclusion, false);
  }

  /** Walks a source in which directories may vanish meanwhile; roots may not. */
  public static TransferPlan ofChanging(FileStorage source, Root root, Exclusion exclusion)
      throws InterruptedException {
    return of(source, List.of(root), exclusion, true);
  }

  private static TransferPlan of(
      FileStorage source, List<Root> roots, Exclusion exclusion, boolean changing)
      throws InterruptedException {
    Walk walk = new Walk(source, exclusion, changing);
    for (Root root : roots) {
      walk.add(root);
    }
    return new TransferPlan(
        List.copyOf(walk.files.values()),
        walk.emptyDirectories,
        new Omissions(walk.unlisted, walk.vanished));
  }

  /** Bytes of all files. */
  public long totalBytes() {
    return files.stream().mapToLong(Item::length).sum();
  }

  /** Collects what is found. */
  private static final class Walk {
    private final FileStorage source;
    private final Exclusion exclusion;
    private final boolean changing;
    private final Map<StoragePath, Item> files = new LinkedHashMap<>();
    private final List<StoragePath> emptyDirectories = new ArrayList<>();
    private final List<Omission> unlisted = new ArrayList<>();
    private final List<StoragePath> vanished = new ArrayList<>();

    Walk(FileStorage source, Exclusion exclusion, boolean changing) {
      this.source = source;
      this.exclusion = exclusion;
      this.changing = changing;
    }

    void add(Root root) throws InterruptedException {
      FileEntry top = source.stat(root.source()).orElseThrow(() -> notThere(root.source()));
      if (!top.directory()) {
        addFile(top, root.target());
        return;
      }
      Deque<StoragePath> open = new ArrayDeque<>(List.of(root.source()));
      while (!open.isEmpty()) {
        StoragePath directory = open.remove();
        Listing listing = scan(directory, changing && !directory.equals(root.source()));
        if (listing == null) {
          vanished.add(directory);
          continue;
        }
        for (Omission omission : listing.omissions()) {
          if (!exclusion.excludes(omission.path().relativeTo(root.source()), false)) {
            unlisted.add(omission);
          }
        }
        for (FileEntry entry : listing.entries()) {
          String relative = entry.path().relativeTo(root.source());
          if (exclusion.excludes(relative, entry.directory())) {
            continue;
          }
          if (entry.directory()) {
            requireSensibleDepth(root.source(), entry.path());
            open.add(entry.path());
          } else {
            addFile(entry, root.target().resolve(relative));
          }
        }
        if (listing.entries().isEmpty()) {
          emptyDirectories.add(root.target().resolve(directory.relativeTo(root.source())));
        }
      }
    }

    /** What is in a directory; {@code null} if it may have vanished and has. */
    private @Nullable Listing scan(StoragePath directory, boolean mayVanish)
        throws InterruptedException {
      try {
        return source.scan(directory);
      } catch (PermanentAdapterException e) {
        if (!mayVanish || source.stat(directory).filter(FileEntry::directory).isPresent()) {
          throw e;
        }
        return null;
      }
    }

    private void addFile(FileEntry file, StoragePath target) {
      Item item = new Item(file.path(), target, file.length(), file.modified(), file.executable());
      Item other = files.putIfAbsent(target, item);
      if (other != null && !other.source().equals(item.source())) {
        throw refused(
            "\"%s\" and \"%s\" would both be transferred to \"%s\"; give them different names."
                .formatted(other.source(), item.source(), target));
      }
    }

    private static void requireSensibleDepth(StoragePath root, StoragePath directory) {
      if (directory.segments().size() - root.segments().size() > DEPTH_LIMIT) {
        throw refused(
            "Directories below \"%s\" are nested deeper than %s levels; a link may go round."
                .formatted(root, DEPTH_LIMIT));
      }
    }

    private static PermanentAdapterException notThere(StoragePath path) {
      return refused("\"%s\" cannot be transferred: it does not exist.".formatted(path));
    }

    private static PermanentAdapterException refused(String message) {
      return new PermanentAdapterException(ConditionCode.JOB_FILES_SERVICE_ERROR, message);
    }
  }
}
