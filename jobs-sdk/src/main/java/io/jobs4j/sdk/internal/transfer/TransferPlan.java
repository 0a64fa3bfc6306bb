package io.jobs4j.sdk.internal.transfer;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
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
import java.util.function.Predicate;

/**
 * Which files are to be transferred, and where to. Immutable.
 *
 * @param files each with a target of its own
 * @param emptyDirectories directories to make at the target that no file of the plan makes
 */
public record TransferPlan(List<Item> files, List<StoragePath> emptyDirectories) {
  /** Deeper than anyone nests on purpose; only links that go round lead here. */
  private static final int DEPTH_LIMIT = 512;

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
   * Walks the source.
   *
   * @param roots what to transfer
   * @param exclude asked with the path of each file and directory below a root, relative to that
   *     root and without a leading slash; what it accepts stays, with all that is in it. It is not
   *     asked about a root itself.
   * @throws PermanentAdapterException if a root is not there, if two different files would go to
   *     one place, or if the source refuses
   * @throws TransientAdapterException if the source cannot be read at present
   * @throws InterruptedException if the thread was interrupted
   */
  public static TransferPlan of(FileStorage source, List<Root> roots, Predicate<String> exclude)
      throws InterruptedException {
    Walk walk = new Walk(source, exclude);
    for (Root root : roots) {
      walk.add(root);
    }
    return new TransferPlan(List.copyOf(walk.files.values()), walk.emptyDirectories);
  }

  /** Bytes of all files. */
  public long totalBytes() {
    return files.stream().mapToLong(Item::length).sum();
  }

  /** Collects what is found. */
  private static final class Walk {
    private final FileStorage source;
    private final Predicate<String> exclude;
    private final Map<StoragePath, Item> files = new LinkedHashMap<>();
    private final List<StoragePath> emptyDirectories = new ArrayList<>();

    Walk(FileStorage source, Predicate<String> exclude) {
      this.source = source;
      this.exclude = exclude;
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
        boolean empty = true;
        for (FileEntry entry : source.list(directory)) {
          String relative = entry.path().relativeTo(root.source());
          empty = false;
          if (exclude.test(relative)) {
            continue;
          }
          if (entry.directory()) {
            requireSensibleDepth(root.source(), entry.path());
            open.add(entry.path());
          } else {
            addFile(entry, root.target().resolve(relative));
          }
        }
        if (empty) {
          emptyDirectories.add(root.target().resolve(directory.relativeTo(root.source())));
        }
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
