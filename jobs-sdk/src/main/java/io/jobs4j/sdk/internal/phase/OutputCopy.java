package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.internal.transfer.Checksums;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Leftovers;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import io.jobs4j.sdk.internal.transfer.TransferPlan.Item;
import io.jobs4j.sdk.internal.transfer.TransferTerms;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies output to an archive until the archive has what the work directory holds. What a process
 * that has outlived its job writes meanwhile is copied too, but not for ever. Used by one thread.
 */
final class OutputCopy {
  /** How often what has changed meanwhile is copied. */
  private static final int ROUNDS = 5;

  /**
   * After the second round and later ones, if the archive differs in what has not changed: it may
   * show late what was written to it, or another job may write there.
   */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3));

  private static final long CANCEL_CHECK_MILLIS = 100;

  /**
   * How long a file must have looked the same before it was copied to count as unchanged: what is
   * written within one tick of a file system's clock, which may be this long, has the same time.
   */
  private static final Duration LONGEST_TICK = Duration.ofSeconds(2);

  private final PhaseContext context;
  private final FileStorage work;
  private final StoragePath workPath;
  private final FileStorage archive;
  private final StoragePath target;
  private final Manifest manifest;
  private final Fence fence;

  /** Since when files look as they do, by where they are copied to. */
  private final Map<StoragePath, Sight> seen = new HashMap<>();

  /** What was copied, as it was then, by where it was copied to. */
  private final Map<StoragePath, Copy> copied = new HashMap<>();

  /** Where the archive has the content that was in the work directory after it was copied. */
  private final Set<StoragePath> sameContent = new HashSet<>();

  /** The checksums of files of which the archive had other content. */
  private final Map<Item, String> checksums = new HashMap<>();

  /** What has had several contents with one length and time. */
  private final Set<Item> rewritten = new HashSet<>();

  /** What was gone when its turn came, in any round. */
  private final Set<StoragePath> vanished = new LinkedHashSet<>();

  OutputCopy(
      PhaseContext context,
      FileStorage work,
      StoragePath workPath,
      FileStorage archive,
      StoragePath target,
      Manifest manifest) {
    this.context = context;
    this.work = work;
    this.workPath = workPath;
    this.archive = archive;
    this.target = target;
    this.manifest = manifest;
    this.fence = context.fence();
  }

  /** A file as it looks, and the monotonic time at which it was first seen so. */
  private record Sight(Item file, long since) {}

  /**
   * A file as it was planned when it was copied last.
   *
   * @param steady whether it had looked so for long enough to count as unchanged if it still does
   */
  private record Copy(Item file, boolean steady) {}

  /**
   * How it ended. The archive is complete if {@code unsettled} and {@code gone} are empty.
   *
   * @param progress of the first round, in which nearly all is copied
   * @param leftOut what is not in the archive
   * @param unsettled what still changed after the last round
   * @param gone what was copied and is not in the archive, or shares its place there with another
   */
  record Result(
      TransferProgress progress,
      LeftOut leftOut,
      List<StoragePath> unsettled,
      List<StoragePath> gone) {}

  /**
   * What the archive lacks.
   *
   * @param plan what there is to copy
   * @param missing what of it is not in the archive as it is now
   */
  private record Comparison(TransferPlan plan, TransferPlan missing) {
    boolean complete() {
      return missing.files().isEmpty() && missing.emptyDirectories().isEmpty();
    }
  }

  /**
   * Copies.
   *
   * @throws TransientAdapterException if the archive has other content than was written there last,
   *     or a storage fails
   * @throws PermanentAdapterException if a storage refuses
   */
  Result run() throws InterruptedException {
    TransferPlan missing = plan();
    TransferProgress progress = null;
    for (int round = 1; ; round++) {
      TransferProgress ended = transfer(missing, round > 1);
      progress = progress == null ? ended : progress;
      Comparison comparison = compare();
      if (round > 1 && round < ROUNDS && standsStill(comparison.missing())) {
        pause(PAUSES.get(round - 2));
        comparison = compare();
      }
      missing = comparison.missing();
      if (comparison.complete() || round == ROUNDS) {
        return result(progress, comparison);
      }
    }
  }

  private Comparison compare() throws InterruptedException {
    TransferPlan plan = plan();
    return new Comparison(plan, missing(plan));
  }

  /** Whether something differs although nothing seems to have changed it since it was copied. */
  private boolean standsStill(TransferPlan missing) {
    return !missing.emptyDirectories().isEmpty()
        || missing.files().stream()
            .anyMatch(
                file -> {
                  Copy copy = copied.get(file.target());
                  return copy != null && copy.file().equals(file);
                });
  }

  private void pause(Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
      requireGoing();
      // An interrupt ends it at once and is seen.
      LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(CANCEL_CHECK_MILLIS)));
    }
    requireGoing();
  }

  private TransferPlan plan() throws InterruptedException {
    TransferPlan all =
        TransferPlan.ofChanging(work, new TransferPlan.Root(workPath, target), manifest);
    vanished.addAll(all.omissions().vanished());
    long now = System.nanoTime();
    for (Item file : all.files()) {
      seen.compute(
          file.target(),
          (target, sight) ->
              sight != null && sight.file().equals(file) ? sight : new Sight(file, now));
    }
    return new TransferPlan(
        all.files(),
        all.emptyDirectories().stream()
            .filter(
                directory ->
                    directory.equals(target) || !manifest.made(directory.relativeTo(target)))
            .toList(),
        all.omissions());
  }

  /**
   * Copies what is planned.
   *
   * @param again whether all of it is known to differ, whatever it looks like
   */
  private TransferProgress transfer(TransferPlan plan, boolean again) throws InterruptedException {
    Queue<StoragePath> gone = new ConcurrentLinkedQueue<>();
    long begun = System.nanoTime();
    TransferProgress progress =
        context
            .transfers()
            .run(
                plan,
                work,
                archive,
                "agave://" + context.job().systemId() + "/" + workPath,
                new ProgressReports(JobStatus.ARCHIVING, context),
                new TransferTerms(fence, target, gone::add, again),
                context.cancelled());
    Set<StoragePath> missed = new LinkedHashSet<>(gone);
    vanished.addAll(missed);
    List<Item> there =
        plan.files().stream().filter(file -> !missed.contains(file.source())).toList();
    // Before anything may delete what it was copied from.
    sync(
        Stream.concat(there.stream().map(Item::target), plan.emptyDirectories().stream()).toList());
    for (Item file : there) {
      Sight sight = seen.get(file.target());
      boolean steady = sight != null && begun - sight.since() > LONGEST_TICK.toNanos();
      copied.put(file.target(), new Copy(file, steady));
      sameContent.remove(file.target());
    }
    return progress;
  }

  /** Syncs what is still in the archive. */
  private void sync(List<StoragePath> paths) throws InterruptedException {
    List<StoragePath> there = paths;
    while (true) {
      try {
        archive.sync(there);
        return;
      } catch (PermanentAdapterException e) {
        List<StoragePath> left = new ArrayList<>();
        for (StoragePath path : there) {
          if (archive.stat(path).isPresent()) {
            left.add(path);
          }
        }
        if (left.size() == there.size()) {
          throw e;
        }
        there = left;
      }
    }
  }

  /** What of a plan the archive has not, or not as it is now. */
  private TransferPlan missing(TransferPlan plan) throws InterruptedException {
    Map<StoragePath, List<Item>> byDirectory = new LinkedHashMap<>();
    for (Item file : plan.files()) {
      byDirectory.computeIfAbsent(file.target().parent(), none -> new ArrayList<>()).add(file);
    }
    Set<StoragePath> alike = alike(plan);
    List<Item> files = new ArrayList<>();
    for (Map.Entry<StoragePath, List<Item>> directory : byDirectory.entrySet()) {
      Map<StoragePath, FileEntry> there = archived(directory.getKey(), directory.getValue());
      for (Item file : directory.getValue()) {
        FileEntry entry = there.get(file.target());
        if (entry == null && !alike.contains(file.target())) {
          // A listing may be stale, or spell names otherwise.
          entry = archive.stat(file.target()).orElse(null);
        }
        if (!isArchived(file, entry)) {
          files.add(file);
        }
      }
    }
    List<StoragePath> directories = new ArrayList<>();
    for (StoragePath directory : plan.emptyDirectories()) {
      if (archive.stat(directory).filter(FileEntry::directory).isEmpty()) {
        directories.add(directory);
      }
    }
    return new TransferPlan(files, directories, plan.omissions());
  }

  /** Files that a storage may take for one, by which case or Unicode form their names are in. */
  private static Set<StoragePath> alike(TransferPlan plan) {
    Map<String, StoragePath> names = new HashMap<>();
    Set<StoragePath> alike = new HashSet<>();
    for (Item file : plan.files()) {
      String name =
          Normalizer.normalize(file.target().toString(), Normalizer.Form.NFC)
              .toUpperCase(Locale.ROOT)
              .toLowerCase(Locale.ROOT);
      StoragePath other = names.putIfAbsent(name, file.target());
      if (other != null) {
        alike.add(other);
        alike.add(file.target());
      }
    }
    return alike;
  }

  /**
   * What is in a directory of the archive, where temporary files of this job end here. Of one that
   * cannot be listed, because others have a file there whose name cannot be read, or because it may
   * be entered but not read, what is planned.
   */
  private Map<StoragePath, FileEntry> archived(StoragePath directory, List<Item> planned)
      throws InterruptedException {
    Map<StoragePath, FileEntry> there = new HashMap<>();
    Listing listing;
    try {
      listing = archive.scan(directory);
    } catch (PermanentAdapterException e) {
      if (archive.stat(directory).isPresent()) {
        for (Item file : planned) {
          archive.stat(file.target()).ifPresent(entry -> there.put(file.target(), entry));
        }
      }
      return there;
    }
    Leftovers.delete(archive, listing, fence::isOwn);
    listing.entries().forEach(entry -> there.put(entry.path(), entry));
    return there;
  }

  /** The archive's times are not asked for: not all storages keep them. */
  private boolean isArchived(Item file, @Nullable FileEntry there) throws InterruptedException {
    Copy copy = copied.get(file.target());
    return there != null
        && !there.directory()
        && there.length() == file.length()
        && copy != null
        && file.modified().equals(copy.file().modified())
        && (context.archiveComparison() == ArchiveComparison.LENGTHS || hasSameContent(file));
  }

  private boolean hasSameContent(Item file) throws InterruptedException {
    if (sameContent.contains(file.target())) {
      return true;
    }
    String here = checksum(work, file.source());
    // What is gone since it was copied cannot be compared.
    boolean same = here == null || here.equals(checksum(archive, file.target()));
    if (same) {
      sameContent.add(file.target());
    } else {
      String before = checksums.put(file, here);
      if (before != null && !before.equals(here)) {
        rewritten.add(file);
      }
    }
    return same;
  }

  /** The checksum of a file; {@code null} if it is not there any more. */
  private @Nullable String checksum(FileStorage storage, StoragePath file)
      throws InterruptedException {
    try {
      return Checksums.sha256(storage, file, this::requireGoing);
    } catch (PermanentAdapterException e) {
      if (storage.stat(file).isPresent()) {
        throw e;
      }
      return null;
    }
  }

  private void requireGoing() {
    if (context.cancelled().getAsBoolean()) {
      throw new CancellationException("The comparison of the archive was cancelled.");
    }
    fence.requireHeld();
  }

  private Result result(TransferProgress progress, Comparison comparison)
      throws InterruptedException {
    List<StoragePath> unsettled = new ArrayList<>();
    List<StoragePath> gone = new ArrayList<>();
    List<StoragePath> wrong = new ArrayList<>();
    Set<StoragePath> alike = alike(comparison.plan());
    for (StoragePath directory : comparison.missing().emptyDirectories()) {
      unsettled.add(workPath.resolve(directory.relativeTo(target)));
    }
    for (Item file : comparison.missing().files()) {
      if (mayHaveChanged(file)) {
        unsettled.add(file.source());
      } else if (alike.contains(file.target()) || archive.stat(file.target()).isEmpty()) {
        gone.add(file.source());
      } else {
        wrong.add(file.source());
      }
    }
    if (!wrong.isEmpty()) {
      throw wrong(wrong);
    }
    return new Result(progress, leftOut(comparison.plan()), unsettled, gone);
  }

  /** Whether the file may have changed since it was copied. */
  private boolean mayHaveChanged(Item file) throws InterruptedException {
    Copy copy = copied.get(file.target());
    return copy == null
        || !copy.steady()
        || !copy.file().equals(file)
        || rewritten.contains(file)
        || work.stat(file.source())
            .filter(now -> now.length() == file.length())
            .filter(now -> now.modified().equals(file.modified()))
            .isEmpty();
  }

  private TransientAdapterException wrong(List<StoragePath> files) {
    String system = context.job().archiveSystem();
    return new TransientAdapterException(
        RecoveryCondition.TRANSMISSION_FAILURE,
        system,
        ("The archive system %s holds other content than was written there, after %s attempts: %s."
                + " Another job may archive to the same place.")
            .formatted(system, ROUNDS, new LeftOut(workPath, List.of(), List.of()).names(files)),
        null);
  }

  private LeftOut leftOut(TransferPlan plan) {
    Set<StoragePath> gone = new LinkedHashSet<>(vanished);
    // What was there again is copied.
    plan.files().forEach(file -> gone.remove(file.source()));
    return new LeftOut(workPath, plan.omissions().unlisted(), List.copyOf(gone))
        .without(fence::isOwn);
  }
}
