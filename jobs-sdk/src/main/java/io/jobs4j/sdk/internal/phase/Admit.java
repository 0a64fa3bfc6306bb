package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.job.JobChange;

/**
 * Makes an accepted job visible. The states of one that has no inputs, in which nothing is to be
 * done for it, are all in the history, and cost no more than this one change.
 */
public final class Admit implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    return new PhaseResult.Admit(
        JobChange.to(JobStatus.PENDING, JobStatus.PENDING.description()),
        BeginInputs.beginning(context.job()));
  }
}
