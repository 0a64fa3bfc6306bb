package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.sdk.internal.store.JobChange;

/** Takes up a job that has ended and was left {@code CLEANING_UP}. */
public final class CleanUp implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) {
    RemoteOutcome outcome = context.job().remoteOutcome();
    String message = context.stored().remoteEndMessage();
    JobChange change =
        RemoteEnd.afterCleanUp(
            context.job(),
            outcome == null ? RemoteOutcome.FAILED_SKIP_ARCHIVE : outcome,
            message == null ? "It is not known how the application ended." : message);
    return new PhaseResult.Advance(change);
  }
}
