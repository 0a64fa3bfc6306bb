package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.store.JobChange;

/** Takes up a job that was left {@code PENDING}. */
public final class BeginInputs implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    return new PhaseResult.Advance(beginning());
  }

  static JobChange beginning() {
    return JobChange.to(JobStatus.PROCESSING_INPUTS, "Attempt 1 to stage job inputs")
        .then(JobStatus.PROCESSING_INPUTS, JobStatus.PROCESSING_INPUTS.description());
  }
}
