package io.jobs4j.adapters.slurm.internal;

import java.time.Duration;

/**
 * Finds out from looks at an attempt what became of it after an answer was lost: its job, or the
 * certainty that there is none. A submission that was begun may show late, so that only an absence
 * that lasts is believed. Not safe for use by several threads.
 */
public final class AttemptSearch {
  /** What follows from a look. */
  public enum Finding {
    /** It has a job. */
    FOUND,
    /** It has none, and will not get one. */
    ABSENT,
    LOOK_AGAIN,
    /** It has not been seen for too long what there is. */
    UNKNOWN
  }

  private final long window;
  private final long commandLimit;
  private boolean ended;
  private boolean begun;
  private int generation;
  private long firstLook;

  /** When it was first absent since it last might have been there; negative if it is not. */
  private long firstAbsence = -1;

  /**
   * A search that begins.
   *
   * @param window how long after the end of a submission its job may appear
   * @param commandLimit how long a submission takes at most
   * @param ended whether the last submission is known to have come to an end; another's may still
   *     be under way
   */
  public AttemptSearch(Duration window, Duration commandLimit, boolean ended) {
    this.window = window.toSeconds();
    this.commandLimit = commandLimit.toSeconds();
    this.ended = ended;
  }

  /** What follows from another look. */
  public Finding after(Sight sight) {
    if (!begun) {
      begun = true;
      firstLook = sight.now();
      generation = sight.generation();
    }
    if (sight.job() != null) {
      return Finding.FOUND;
    }
    if (sight.generation() != generation) {
      // Somebody else submits it.
      generation = sight.generation();
      ended = false;
      firstAbsence = -1;
    }
    return sight.absent() ? absent(sight) : unseen(sight);
  }

  private Finding absent(Sight sight) {
    if (generation == 0) {
      return Finding.ABSENT;
    }
    firstAbsence = firstAbsence < 0 ? sight.now() : firstAbsence;
    long age = Math.max(0, firstAbsence - sight.intent());
    long enough = ended ? window : Math.max(window, commandLimit - age);
    return sight.now() - firstAbsence >= enough ? Finding.ABSENT : Finding.LOOK_AGAIN;
  }

  private Finding unseen(Sight sight) {
    firstAbsence = -1;
    return generation == 0 || sight.now() - firstLook >= window
        ? Finding.UNKNOWN
        : Finding.LOOK_AGAIN;
  }
}
