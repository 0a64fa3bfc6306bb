package io.jobs4j.sdk;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How often it is looked whether what blocks jobs has cleared, and how long they wait for it before
 * they fail. Immutable.
 *
 * <p>A job that goes on and is blocked on the same again, in the same state, has not got any
 * further: time and attempts are counted from the first time. They are counted anew once it went on
 * for longer than the longest of the pauses and than ten minutes.
 *
 * <p>An engine that starts looks at once too. That is none of the attempts, and they keep their
 * times.
 *
 * @param steps how long to wait before each attempt, in order
 * @param maxElapsed how long a job is blocked at most; {@code null} for any time
 */
public record RecoveryPolicy(List<Step> steps, @Nullable Duration maxElapsed) {
  private static final DurationRange PAUSE =
      new DurationRange("pause", Duration.ofSeconds(1), Duration.ofDays(365));
  private static final DurationRange MAX_ELAPSED =
      new DurationRange("maxElapsed", Duration.ofNanos(1), DurationRange.CENTURY);

  /**
   * Checks the steps.
   *
   * @throws IllegalArgumentException if there is none, one follows a step without end, or {@code
   *     maxElapsed} is not positive or longer than a hundred years
   */
  public RecoveryPolicy {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("steps must not be empty");
    }
    for (Step step : steps.subList(0, steps.size() - 1)) {
      if (step.tries() <= 0) {
        throw new IllegalArgumentException(
            "steps " + steps + " must have their step without end as the last");
      }
    }
    if (maxElapsed != null) {
      MAX_ELAPSED.require(maxElapsed);
    }
  }

  /**
   * Some attempts at the same distance.
   *
   * @param tries how many; 0 or less for any number
   * @param pause before each of them, from a second to 365 days
   */
  public record Step(int tries, Duration pause) {
    public Step {
      PAUSE.require(pause);
    }
  }

  /**
   * The same pause before each attempt.
   *
   * @param maxTries 0 or less for any number
   * @param maxElapsed {@code null} for any time
   */
  public static RecoveryPolicy constant(
      Duration pause, int maxTries, @Nullable Duration maxElapsed) {
    return new RecoveryPolicy(List.of(new Step(maxTries, pause)), maxElapsed);
  }

  /** How long to wait before the {@code attempt}th attempt, counted from 1. */
  public Duration waitBefore(int attempt) {
    long before = 0;
    for (Step step : steps) {
      before += Math.max(step.tries(), 0);
      if (step.tries() <= 0 || attempt <= before) {
        return step.pause();
      }
    }
    return steps.get(steps.size() - 1).pause();
  }

  /** How many attempts a job waits for; 0 for any number. */
  public int maxTries() {
    long all = 0;
    for (Step step : steps) {
      if (step.tries() <= 0) {
        return 0;
      }
      all += step.tries();
    }
    return (int) Math.min(all, Integer.MAX_VALUE);
  }
}
