package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.sdk.internal.job.JobChange;

/** Finds out what the inputs are and whether they are there. */
public final class ProcessInputs implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    JobChange change = JobChange.NONE.workPath(context.workPath().toString());
    StagedInputs inputs = StagedInputs.of(context);
    for (StagedInputs.StagedInput input : inputs.files()) {
      if (context.systems().storage(input.system()).stat(input.reference().path()).isEmpty()) {
        return new PhaseResult.Fail(
            ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS,
            "Input %s (%s) does not exist.".formatted(input.key(), input.source()));
      }
      change =
          change.then(
              JobStatus.STAGING_INPUTS,
              "Staging %s to remote job directory".formatted(input.source()));
    }
    if (inputs.files().isEmpty()) {
      change = change.and(nothing());
    }
    return new PhaseResult.Overlap(change);
  }

  static JobChange nothing() {
    return JobChange.to(JobStatus.STAGED, "The job has no inputs to stage.");
  }
}
