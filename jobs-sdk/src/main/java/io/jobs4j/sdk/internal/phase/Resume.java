package io.jobs4j.sdk.internal.phase;

import io.jobs4j.sdk.internal.store.JobChange;

/** Lets a paused job go on where it was. */
public final class Resume implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    if (context.stored().activeStatus().isExecuting()) {
      context.systems().scheduler(context.system()).release(context.remoteJob());
    }
    return new PhaseResult.Advance(JobChange.to(context.stored().activeStatus(), "Job resumed."));
  }
}
