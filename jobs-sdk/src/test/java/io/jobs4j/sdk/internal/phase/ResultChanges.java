package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;

/**
 * The change of a job to which a result of a phase leads, with what follows of itself when a
 * scheduler has the job no more.
 */
public record ResultChanges(StoredJob stored) implements PhaseResult.Visitor<JobChange> {
  @Override
  public JobChange advance(PhaseResult.Advance result) {
    return result.change();
  }

  @Override
  public JobChange overlap(PhaseResult.Overlap result) {
    return result.change();
  }

  @Override
  public JobChange admit(PhaseResult.Admit result) {
    return result.before().and(result.after());
  }

  @Override
  public JobChange handOver(PhaseResult.HandOver result) {
    return result.status().isOver()
        ? result.change().and(RemoteEnd.of(stored, result.status(), stored.cancelRequestedBy()))
        : result.change();
  }

  @Override
  public JobChange waitUntil(PhaseResult.WaitUntil result) {
    return result.change();
  }

  @Override
  public JobChange block(PhaseResult.Block result) {
    return JobChange.to(JobStatus.BLOCKED, result.message());
  }

  @Override
  public JobChange fail(PhaseResult.Fail result) {
    return JobChange.to(JobStatus.FAILED, result.message());
  }
}
