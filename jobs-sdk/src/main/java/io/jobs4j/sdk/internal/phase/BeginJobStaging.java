package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.job.JobChange;

/** Takes up a job whose inputs are staged. */
public final class BeginJobStaging implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    return new PhaseResult.Overlap(beginning());
  }

  static JobChange beginning() {
    return JobChange.to(JobStatus.STAGING_JOB, JobStatus.STAGING_JOB.description());
  }
}
