package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.sdk.internal.job.JobChange;

/** Lets a paused job go on where it was. */
public final class Resume implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    if (context.stored().activeStatus().isExecuting()) {
      RemoteScheduler scheduler = context.systems().scheduler(context.system());
      RemoteJob job = context.remoteJob();
      context.fence().requireHeld();
      scheduler.release(job);
    }
    return new PhaseResult.Advance(JobChange.to(context.stored().activeStatus(), "Job resumed."));
  }
}
