package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to come next for a job. Whoever handles results is a {@link Visitor}, so that the
 * compiler finds those who do not know of a new kind.
 */
public sealed interface PhaseResult {
  /** Has the visitor handle this kind of result. */
  <T> T accept(Visitor<T> visitor);

  /**
   * Handles each kind of result.
   *
   * @param <T> what comes of it
   */
  interface Visitor<T> {
    T advance(Advance result);

    T overlap(Overlap result);

    T admit(Admit result);

    T handOver(HandOver result);

    T waitUntil(WaitUntil result);

    T block(Block result);

    T fail(Fail result);
  }

  /** The change is stored and the job goes on at once. */
  record Advance(JobChange change) implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.advance(this);
    }
  }

  /**
   * The job goes on at once, and the change is stored meanwhile: what follows can be done again,
   * and comes into the database after this or not at all.
   */
  record Overlap(JobChange change) implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.overlap(this);
    }
  }

  /**
   * The job becomes active if limits allow for one more, and is blocked until they do otherwise.
   *
   * @param before is stored in any case
   * @param after follows if they do
   */
  record Admit(JobChange before, JobChange after) implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.admit(this);
    }
  }

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
      implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.handOver(this);
    }
  }

  /**
   * The job is looked at again at {@code time}, or when something happens before; {@code null} for
   * only then.
   */
  record WaitUntil(@Nullable Instant time, JobChange change) implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.waitUntil(this);
    }
  }

  /**
   * The job waits for a condition to clear.
   *
   * @param subject id of the app or system that it is about; {@code null} for the execution system
   */
  record Block(RecoveryCondition condition, @Nullable String subject, String message)
      implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.block(this);
    }
  }

  /** The job fails. */
  record Fail(ConditionCode code, String message) implements PhaseResult {
    @Override
    public <T> T accept(Visitor<T> visitor) {
      return visitor.fail(this);
    }
  }
}
