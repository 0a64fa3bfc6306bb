package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;

/** Takes up a job that its scheduler has and that nobody watches, because that failed before. */
public final class Watch implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    return new PhaseResult.HandOver(
        JobChange.NONE, context.system(), context.remoteJob(), known(context.job()), null);
  }

  /** What was last known of where the job is. */
  public static RemoteStatus known(Job job) {
    return job.status() == JobStatus.RUNNING
        ? RemoteStatus.running(job.remoteStarted()).withReason(job.remoteReason())
        : RemoteStatus.queued(job.remoteReason());
  }
}
