package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.phase.StagedInputs.StagedInput;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Transfers the inputs to the work directory. What is in an input directory and is no file that can
 * be read through its storage is left out, and the history says so; a file that vanishes while it
 * is transferred fails the job, because nobody could tell whether the job can do without.
 */
public final class StageInputs implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    return new PhaseResult.Overlap(
        stage(context)
            .then(JobStatus.STAGED, JobStatus.STAGED.description())
            .and(BeginJobStaging.beginning()));
  }

  /** Puts all inputs in place; those that are there already stay. */
  static JobChange stage(PhaseContext context) throws InterruptedException {
    return Staging.in(context, StageInputs::stage);
  }

  private static JobChange stage(Staging staging) throws InterruptedException {
    PhaseContext context = staging.context();
    Map<StagedInput, TransferPlan> plans = new LinkedHashMap<>();
    for (StagedInput input : StagedInputs.of(context).files()) {
      plans.put(input, plan(context, input, staging.workPath().resolve(input.name())));
    }
    if (context.job().archive() && !plans.isEmpty()) {
      // Nobody else asks what is output.
      Manifest.writeInputs(
          staging.storage(), staging.workPath(), plans.values(), context.fence(), context.now());
    }
    JobChange change = JobChange.NONE;
    for (Map.Entry<StagedInput, TransferPlan> entry : plans.entrySet()) {
      StagedInput input = entry.getKey();
      TransferPlan plan = entry.getValue();
      TransferProgress progress =
          naming(
              input,
              () ->
                  staging.transfer(
                      plan, storage(context, input), input.source(), JobStatus.STAGING_INPUTS));
      String leftOut = LeftOut.of(plan.omissions(), input.reference().path()).sentences();
      String message = leftOut.isEmpty() ? "Copy complete" : "Copy complete." + leftOut;
      change = change.then(new JobChange.Step(JobStatus.STAGING_INPUTS, message, null, progress));
    }
    return change;
  }

  private static TransferPlan plan(PhaseContext context, StagedInput input, StoragePath target)
      throws InterruptedException {
    return naming(
        input,
        () ->
            TransferPlan.of(
                storage(context, input),
                List.of(new TransferPlan.Root(input.reference().path(), target)),
                TransferPlan.Exclusion.NONE));
  }

  private static FileStorage storage(PhaseContext context, StagedInput input) {
    return context.systems().storage(input.system());
  }

  private static <T> T naming(StagedInput input, Step<T> step) throws InterruptedException {
    try {
      return step.run();
    } catch (PermanentAdapterException e) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS,
          Sentences.of(
              "Input %s (%s) cannot be staged: %s"
                  .formatted(input.key(), input.source(), e.getMessage())),
          e);
    }
  }

  private interface Step<T> {
    T run() throws InterruptedException;
  }
}
