package io.jobs4j.adapters.slurm;

import io.jobs4j.core.spi.RemoteStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is said of a job.
 *
 * @param kind what follows from it
 * @param status {@code null} if nothing can be said yet
 * @param unknownState a word of Slurm's that is not known; {@code null} if all are
 */
record Verdict(Kind kind, @Nullable RemoteStatus status, @Nullable String unknownState) {
  /** What follows from a verdict. */
  enum Kind {
    /** The controller has the job: doubts of it are gone. */
    ALIVE,
    /** What there is to say is said. */
    SETTLED,
    /** There is not enough evidence yet. */
    OPEN,
    /** Another Slurm job has the attempt. */
    FOLLOW
  }

  static final Verdict OPEN = new Verdict(Kind.OPEN, null, null);
  static final Verdict FOLLOW = new Verdict(Kind.FOLLOW, null, null);
  static final Verdict ALIVE = new Verdict(Kind.ALIVE, null, null);

  static Verdict alive(RemoteStatus status) {
    return new Verdict(Kind.ALIVE, status, null);
  }

  static Verdict inUnknownState(String text) {
    return new Verdict(Kind.ALIVE, null, text);
  }

  static Verdict settled(RemoteStatus status) {
    return new Verdict(Kind.SETTLED, status, null);
  }
}
