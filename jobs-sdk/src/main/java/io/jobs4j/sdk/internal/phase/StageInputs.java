package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.internal.store.JobChange;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.util.List;

/** Transfers the inputs to the work directory. */
public final class StageInputs implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    return new PhaseResult.Overlap(
        stage(context)
            .then(JobStatus.STAGED, JobStatus.STAGED.description())
            .then(JobStatus.STAGING_JOB, JobStatus.STAGING_JOB.description()));
  }

  /** Puts all inputs in place; those that are there already stay. */
  static JobChange stage(PhaseContext context) throws InterruptedException {
    FileStorage target = context.workStorage();
    StoragePath workPath = context.workPath();
    target.makeDirectories(workPath);
    target.makePrivate(workPath);
    JobChange change = JobChange.NONE;
    for (StagedInputs.StagedInput input : StagedInputs.of(context).files()) {
      TransferProgress progress = stage(context, input, target, workPath.resolve(input.name()));
      change =
          change.then(
              new JobChange.Step(JobStatus.STAGING_INPUTS, "Copy complete", null, progress));
    }
    return change;
  }

  private static TransferProgress stage(
      PhaseContext context,
      StagedInputs.StagedInput input,
      FileStorage target,
      StoragePath targetPath)
      throws InterruptedException {
    FileStorage source = context.systems().storage(input.system());
    try {
      TransferPlan plan =
          TransferPlan.of(
              source,
              List.of(new TransferPlan.Root(input.reference().path(), targetPath)),
              path -> false);
      return context
          .transfers()
          .run(
              plan,
              source,
              target,
              input.source(),
              new ProgressReports(JobStatus.STAGING_INPUTS, context),
              context.cancelled());
    } catch (PermanentAdapterException e) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS,
          Sentences.of(
              "Input %s (%s) cannot be staged: %s"
                  .formatted(input.key(), input.source(), e.getMessage())),
          e);
    }
  }
}
