package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.internal.transfer.Checksums;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Leftovers;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import io.jobs4j.sdk.internal.transfer.TransferPlan.Item;
import io.jobs4j.sdk.internal.transfer.TransferTerms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Copies output to an archive until the archive has what the work directory holds. What a process
 * that has outlived its job writes meanwhile is copied too, but not for ever. Used by one thread.
 */
final class OutputCopy {
  /** How often what has changed meanwhile is copied. */
  private static final int ROUNDS = 5;

  private final PhaseContext context;
  private final FileStorage work;
  private final StoragePath workPath;
  private final FileStorage archive;
  private final StoragePath target;
  private final Manifest manifest;
  private final Fence fence;

  /** What was copied, as it was then, by where it was copied to. */
  private final Map<StoragePath, Item> copied = new HashMap<>();

  /** Where the archive has the content that was in the work directory after it was copied. */
  private final Set<StoragePath> sameContent = new HashSet<>();

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

  /**
   * How it ended.
   *
   * @param progress of the first round, in which nearly all is copied
   * @param leftOut what is not in the archive
   * @param unsettled what still differed after the last round; empty if the archive is complete
   */
  record Result(TransferProgress progress, LeftOut leftOut, List<StoragePath> unsettled) {}

  /**
   * Copies.
   *
   * @throws PermanentAdapterException if the archive does not hold what was written there last, or
   *     a storage refuses
   */
  Result run() throws InterruptedException {
    TransferPlan plan = plan();
    TransferPlan missing = plan;
    TransferProgress progress = null;
    for (int round = 1; ; round++) {
      TransferProgress ended = transfer(missing, round > 1);
      progress = progress == null ? ended : progress;
      plan = plan();
      missing = missing(plan);
      boolean complete = missing.files().isEmpty() && missing.emptyDirectories().isEmpty();
      if (complete || round == ROUNDS) {
        requireKept(missing.files());
        return new Result(progress, leftOut(plan), unsettled(missing));
      }
    }
  }

  private TransferPlan plan() throws InterruptedException {
    TransferPlan all =
        TransferPlan.ofChanging(work, new TransferPlan.Root(workPath, target), manifest);
    vanished.addAll(all.omissions().vanished());
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
    archive.sync(
        Stream.concat(there.stream().map(Item::target), plan.emptyDirectories().stream()).toList());
    for (Item file : there) {
      copied.put(file.target(), file);
      sameContent.remove(file.target());
    }
    return progress;
  }

  /** What of a plan the archive has not, or not as it is now. */
  private TransferPlan missing(TransferPlan plan) throws InterruptedException {
    Map<StoragePath, List<Item>> byDirectory = new LinkedHashMap<>();
    for (Item file : plan.files()) {
      byDirectory.computeIfAbsent(file.target().parent(), none -> new ArrayList<>()).add(file);
    }
    List<Item> files = new ArrayList<>();
    for (Map.Entry<StoragePath, List<Item>> directory : byDirectory.entrySet()) {
      Map<StoragePath, FileEntry> there = archived(directory.getKey(), directory.getValue());
      for (Item file : directory.getValue()) {
        if (!isArchived(file, there.get(file.target()))) {
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
    Item then = copied.get(file.target());
    return there != null
        && !there.directory()
        && there.length() == file.length()
        && then != null
        && file.modified().equals(then.modified())
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

  /** Refuses files that still differ and have not changed since they were copied. */
  private void requireKept(List<Item> differing) throws InterruptedException {
    List<StoragePath> wrong = new ArrayList<>();
    for (Item file : differing) {
      boolean unchanged =
          file.equals(copied.get(file.target()))
              && work.stat(file.source())
                  .filter(now -> now.length() == file.length())
                  .filter(now -> now.modified().equals(file.modified()))
                  .isPresent();
      if (unchanged) {
        wrong.add(file.source());
      }
    }
    if (!wrong.isEmpty()) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_ARCHIVING_FAILED,
          "The archive system %s holds other content than was written there, after %s attempts: %s."
              .formatted(
                  context.job().archiveSystem(),
                  ROUNDS,
                  new LeftOut(workPath, List.of(), List.of()).names(wrong)));
    }
  }

  private LeftOut leftOut(TransferPlan plan) {
    Set<StoragePath> gone = new LinkedHashSet<>(vanished);
    // What was there again is copied.
    plan.files().forEach(file -> gone.remove(file.source()));
    return new LeftOut(workPath, plan.omissions().unlisted(), List.copyOf(gone))
        .without(fence::isOwn);
  }

  private List<StoragePath> unsettled(TransferPlan missing) {
    List<StoragePath> all = new ArrayList<>();
    missing
        .emptyDirectories()
        .forEach(directory -> all.add(workPath.resolve(directory.relativeTo(target))));
    missing.files().forEach(file -> all.add(file.source()));
    return all;
  }
}
