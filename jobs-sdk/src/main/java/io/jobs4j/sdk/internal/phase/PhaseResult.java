package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is to come next for a job. */
public sealed interface PhaseResult {
  /** The change is stored and the job goes on at once. */
  record Advance(JobChange change) implements PhaseResult {}

  /**
   * The job goes on at once, and the change is stored meanwhile: what follows can be done again,
   * and comes into the database after this or not at all.
   */
  record Overlap(JobChange change) implements PhaseResult {}

  /**
   * The job becomes active if limits allow for one more, and is blocked until they do otherwise.
   *
   * @param before is stored in any case
   * @param after follows if they do
   */
  record Admit(JobChange before, JobChange after) implements PhaseResult {}

  /**
   * The change is stored and the scheduler has the job, which is watched from now on.
   *
   * @param lookAgain when to look at the job even if nothing is heard of it; {@code null} for never
   */
  record HandOver(
      JobChange change,
      ExecutionSystem system,
      RemoteJob job,
      RemoteStatus status,
      @Nullable Instant lookAgain)
      implements PhaseResult {}

  /**
   * The job is looked at again at {@code time}, or when something happens before; {@code null} for
   * only then.
   */
  record WaitUntil(@Nullable Instant time, JobChange change) implements PhaseResult {}

  /**
   * The job waits for a condition to clear.
   *
   * @param subject id of the app or system that it is about; {@code null} for the execution system
   */
  record Block(RecoveryCondition condition, @Nullable String subject, String message)
      implements PhaseResult {}

  /** The job fails. */
  record Fail(ConditionCode code, String message) implements PhaseResult {}
}
