package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.store.JobChange;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves what the job made to the archive system. That all of it is there is stored before the work
 * directory is deleted, so that an engine that dies in between never archives from a half-deleted
 * directory.
 */
public final class Archive implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    return context.stored().archived() ? finish(context) : copy(context);
  }

  private static PhaseResult copy(PhaseContext context) throws InterruptedException {
    JobRecord job = context.job();
    FileStorage work = context.workStorage();
    StoragePath workPath = context.workPath();
    try {
      StorageSystem system = context.storageSystem(required(job.archiveSystem()));
      FileStorage archive = context.systems().storage(system);
      StoragePath target =
          StoragePath.parse(system.storage().homeDir(), required(job.archivePath()));
      requireApart(work.hostPath(workPath), archive.hostPath(target));
      Manifest manifest = Manifest.read(work, workPath);
      TransferPlan plan =
          TransferPlan.of(
              work, List.of(new TransferPlan.Root(workPath, target)), manifest::excludes);
      archive.makeDirectories(target);
      TransferProgress progress =
          context
              .transfers()
              .run(
                  plan,
                  work,
                  archive,
                  "agave://" + job.systemId() + "/" + workPath,
                  new ProgressReports(JobStatus.ARCHIVING, context),
                  context.cancelled());
      // Before anything may delete what it was copied from.
      archive.sync(plan.files().stream().map(TransferPlan.Item::target).toList());
      String message = "Output archived to agave://" + system.id() + "/" + target;
      return new PhaseResult.Advance(
          JobChange.NONE
              .then(new JobChange.Step(JobStatus.ARCHIVING, message, null, progress))
              .archived());
    } catch (PermanentAdapterException e) {
      return new PhaseResult.Fail(
          ConditionCode.JOB_ARCHIVING_FAILED,
          Sentences.of(
              "The output could not be archived: " + e.getMessage(),
              "It is still in the work directory " + workPath + "."));
    }
  }

  private static PhaseResult finish(PhaseContext context) throws InterruptedException {
    String kept = "";
    if (context.workDirectories() == WorkDirectoryPolicy.DELETE_AFTER_ARCHIVE) {
      try {
        context.workStorage().deleteTree(context.workPath());
      } catch (PermanentAdapterException e) {
        kept = "The work directory could not be deleted: " + e.getMessage();
      }
    }
    if (context.job().remoteOutcome() == RemoteOutcome.FINISHED) {
      return new PhaseResult.Advance(
          JobChange.to(JobStatus.FINISHED, Sentences.of(JobStatus.FINISHED.description(), kept)));
    }
    return new PhaseResult.Advance(
        JobChange.to(
            JobStatus.FAILED,
            Sentences.of(
                String.valueOf(context.stored().remoteEndMessage()),
                "Its output was archived all the same.",
                kept)));
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
