package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.job.JobChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves what the job made to the archive system. That all of it is there is stored before the work
 * directory is deleted, so that an engine that dies in between never archives from a half-deleted
 * directory. If something goes on writing, so that the archive and the directory do not come to
 * hold the same, the directory is kept.
 */
public final class Archive implements Phase {
  /** How often it is tried to delete a directory into which something may write. */
  private static final int DELETIONS = 3;

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    return context.stored().archived() ? finish(context) : copy(context);
  }

  private static PhaseResult copy(PhaseContext context) throws InterruptedException {
    Job job = context.job();
    FileStorage work = context.workStorage();
    StoragePath workPath = context.workPath();
    try {
      StorageSystem system = context.storageSystem(required(job.archiveSystem()));
      FileStorage archive = context.systems().storage(system);
      StoragePath target =
          StoragePath.parse(system.storage().homeDir(), required(job.archivePath()));
      requireApart(work.hostPath(workPath), archive.hostPath(target));
      Manifest manifest = Manifest.read(work, workPath);
      OutputCopy.Result result =
          copy(
              context,
              archive,
              target,
              new OutputCopy(context, work, workPath, archive, target, manifest));
      String message =
          "Output archived to agave://%s/%s".formatted(system.id(), target)
              + result.leftOut().sentences();
      JobChange change =
          JobChange.NONE.then(
              new JobChange.Step(JobStatus.ARCHIVING, message, null, result.progress()));
      return new PhaseResult.Advance(
          result.unsettled().isEmpty() && result.gone().isEmpty()
              ? change.archived()
              : change.and(ended(context, kept(workPath, result))));
    } catch (PermanentAdapterException e) {
      return new PhaseResult.Fail(
          ConditionCode.JOB_ARCHIVING_FAILED,
          Sentences.of(
              "The output could not be archived: " + e.getMessage(),
              "It is still in the work directory " + workPath + "."));
    }
  }

  private static String kept(StoragePath workPath, OutputCopy.Result result) {
    List<String> why = new ArrayList<>();
    if (!result.unsettled().isEmpty()) {
      why.add(
          result.leftOut().names(result.unsettled()) + " still changed after the archive was made");
    }
    if (!result.gone().isEmpty()) {
      why.add(
          "the archive does not have what was written there as "
              + result.leftOut().names(result.gone())
              + ", which may have been moved away or taken for another name");
    }
    return "The work directory %s is kept: %s.".formatted(workPath, String.join("; ", why));
  }

  /**
   * Makes the target and copies. An engine that had the job before and goes on late may remove the
   * target as long as nothing is in it; then it is made again.
   */
  private static OutputCopy.Result copy(
      PhaseContext context, FileStorage archive, StoragePath target, OutputCopy copy)
      throws InterruptedException {
    for (int times = 1; ; times++) {
      try {
        makeTarget(context, archive, target);
        return copy.run();
      } catch (PermanentAdapterException e) {
        if (times == Staging.ATTEMPTS || archive.stat(target).isPresent()) {
          throw e;
        }
      }
    }
  }

  private static void makeTarget(PhaseContext context, FileStorage archive, StoragePath target)
      throws InterruptedException {
    context.fence().requireHeld();
    archive.makeDirectories(target);
    try {
      context.fence().requireHeld();
    } catch (StoreException e) {
      // Made late, perhaps long after somebody had deleted it.
      archive.deleteIfEmpty(target);
      throw e;
    }
  }

  private static PhaseResult finish(PhaseContext context) throws InterruptedException {
    String kept = "";
    if (context.workDirectories() == WorkDirectoryPolicy.DELETE_AFTER_ARCHIVE) {
      try {
        if (!delete(context)) {
          kept =
              "The work directory could not be deleted: something still writes into %s."
                  .formatted(context.workPath());
        }
      } catch (PermanentAdapterException e) {
        kept = "The work directory could not be deleted: " + e.getMessage();
      }
    }
    return new PhaseResult.Advance(ended(context, kept));
  }

  /**
   * What has outlived the job may write into the directory while it is deleted.
   *
   * @return whether it is gone
   */
  private static boolean delete(PhaseContext context) throws InterruptedException {
    FileStorage work = context.workStorage();
    for (int times = 1; ; times++) {
      context.fence().requireHeld();
      try {
        work.deleteTree(context.workPath());
      } catch (PermanentAdapterException e) {
        if (times == DELETIONS) {
          throw e;
        }
        continue;
      }
      if (work.stat(context.workPath()).isEmpty()) {
        return true;
      }
      if (times == DELETIONS) {
        return false;
      }
    }
  }

  private static JobChange ended(PhaseContext context, String kept) {
    if (context.job().remoteOutcome() == RemoteOutcome.FINISHED) {
      return JobChange.to(JobStatus.FINISHED, Sentences.of(JobStatus.FINISHED.description(), kept));
    }
    return JobChange.to(
        JobStatus.FAILED,
        Sentences.of(
            String.valueOf(context.stored().remoteEndMessage()),
            "Its output was archived all the same.",
            kept));
  }

  private static void requireApart(String workPath, String target) {
    if ((target + "/").startsWith(workPath + "/")) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_ARCHIVING_FAILED, "The archive path is inside the work directory.");
    }
  }

  private static String required(@Nullable String value) {
    if (value == null) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_ARCHIVING_FAILED, "The job names no place for its archive.");
    }
    return value;
  }
}
