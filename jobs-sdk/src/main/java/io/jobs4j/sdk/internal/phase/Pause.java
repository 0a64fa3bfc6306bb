package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.sdk.internal.job.JobChange;

/**
 * Carries out a request to pause. What a scheduler has is held there; with anything else the engine
 * simply does not go on. Paused, a job keeps its place.
 */
public final class Pause implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    String user = context.stored().pauseRequestedBy();
    if (user == null) {
      throw new IllegalStateException("nobody asked to pause " + context.job());
    }
    if (context.stored().activeStatus().isExecuting()) {
      RemoteScheduler scheduler = context.systems().scheduler(context.system());
      RemoteJob job = context.remoteJob();
      context.fence().requireHeld();
      scheduler.hold(job);
    }
    return new PhaseResult.WaitUntil(
        null,
        JobChange.NONE.then(
            new JobChange.Step(JobStatus.PAUSED, "Job paused by " + user + ".", user, null)));
  }
}
