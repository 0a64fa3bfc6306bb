package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.job.StoredJob;
import org.jspecify.annotations.Nullable;

/**
 * What follows for a job after a step.
 *
 * @param kind whether this engine's workers go on with it
 * @param job how it is now; {@code null} unless they do
 */
record Next(Kind kind, @Nullable StoredJob job) {
  enum Kind {
    GO_ON,
    /** They go on, and what was decided last is not stored yet. */
    GO_AHEAD,
    /** They go on, and have to read the job again, because someone else has changed it. */
    READ_AGAIN,
    /** They do not have it any more. */
    LET_GO
  }

  static final Next LET_GO = new Next(Kind.LET_GO, null);
  static final Next READ_AGAIN = new Next(Kind.READ_AGAIN, null);

  static Next goOn(@Nullable StoredJob job) {
    return job == null ? READ_AGAIN : new Next(Kind.GO_ON, job);
  }

  static Next goAhead(StoredJob expected) {
    return new Next(Kind.GO_AHEAD, expected);
  }
}
