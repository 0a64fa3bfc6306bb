package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.sdk.internal.job.JobChange;

/**
 * Takes up a job that has ended and was left {@code CLEANING_UP}: one whose preparation failed, of
 * which it finds out what it said, or one that was blocked or paused there.
 */
public final class CleanUp implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    RemoteOutcome outcome = context.job().remoteOutcome();
    String message = context.stored().remoteEndMessage();
    if (message == null) {
      message = "It is not known how the application ended.";
    }
    if (RemoteEnd.failedInPreparation(context.job().conditionCode())) {
      message = message + FailedPreparation.said(context);
    }
    JobChange change =
        RemoteEnd.afterCleanUp(
            context.job(), outcome == null ? RemoteOutcome.FAILED_SKIP_ARCHIVE : outcome, message);
    return new PhaseResult.Advance(change.remoteEndMessage(message));
  }
}
