package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often in a row jobs could not be dealt with, so that they are tried again more and more
 * rarely. It forgets the jobs that it has not heard of for longest when they are too many. Safe for
 * use by several threads.
 */
final class Backoff {
  private static final int MOST_JOBS = 10_000;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final Map<String, Failure> jobs = new LinkedHashMap<>();

  /**
   * What went wrong with a job.
   *
   * @param times how often in a row
   * @param isNew whether it was not the same the last time
   */
  record Failure(int times, String error, boolean isNew) {
    /** How long until it is tried again, if that is {@code first} at the first time. */
    Duration pause(Duration first) {
      Duration pause = first.multipliedBy(1L << Math.min(times - 1, 16));
      return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
  }

  /** Notes that a job could not be dealt with. */
  synchronized Failure note(String uuid, String error) {
    Failure last = jobs.remove(uuid);
    Failure next =
        last == null
            ? new Failure(1, error, true)
            : new Failure(last.times + 1, error, !last.error.equals(error));
    jobs.put(uuid, next);
    if (jobs.size() > MOST_JOBS) {
      jobs.remove(jobs.keySet().iterator().next());
    }
    return next;
  }

  /** Notes that a job was dealt with. */
  synchronized void clear(String uuid) {
    jobs.remove(uuid);
  }
}
