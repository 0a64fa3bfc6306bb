package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.job.JobChange;

/** Takes up a job that was left {@code PENDING}. */
public final class BeginInputs implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    return new PhaseResult.Admit(JobChange.NONE, beginning(context.job()));
  }

  /** With all that follows of itself for a job that has no inputs. */
  static JobChange beginning(Job job) {
    JobChange change =
        JobChange.to(JobStatus.PROCESSING_INPUTS, "Attempt 1 to stage job inputs")
            .then(JobStatus.PROCESSING_INPUTS, JobStatus.PROCESSING_INPUTS.description());
    return job.inputs().isEmpty()
        ? change.and(ProcessInputs.nothing()).and(BeginJobStaging.beginning())
        : change;
  }
}
