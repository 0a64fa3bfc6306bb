package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.store.JobChange;
import java.time.Duration;

/**
 * Carries out a request to pause. What a scheduler has is held there; with anything else the engine
 * simply does not go on. Paused, a job keeps its place.
 */
public final class Pause implements Phase {
  /** How often it is seen to that a job that its scheduler has is still held. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(60);

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    String user = context.stored().pauseRequestedBy();
    if (user == null) {
      throw new IllegalStateException("nobody asked to pause " + context.job());
    }
    if (context.stored().activeStatus().isExecuting()) {
      context.systems().scheduler(context.system()).hold(context.remoteJob());
    }
    return new PhaseResult.WaitUntil(
        context.stored().activeStatus().isExecuting() ? context.now().plus(LOOK_AGAIN) : null,
        JobChange.NONE.then(
            new JobChange.Step(JobStatus.PAUSED, "Job paused by " + user + ".", user, null)));
  }
}
