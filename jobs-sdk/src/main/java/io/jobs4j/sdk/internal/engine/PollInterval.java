package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.List;

/** How often jobs are polled: often while they are young, more and more rarely as they age. */
final class PollInterval {
  static final Duration SHORTEST = Duration.ofSeconds(1);

  static final Duration LONGEST = Duration.ofSeconds(60);

  /** By the age of the job: the first row that fits. */
  private static final List<Pace> PACES =
      List.of(
          new Pace(Duration.ofMinutes(1), SHORTEST),
          new Pace(Duration.ofMinutes(10), Duration.ofSeconds(5)),
          new Pace(Duration.ofHours(1), Duration.ofSeconds(15)));

  private PollInterval() {}

  /** How long until a job of that age is looked at again. */
  static Duration at(Duration age) {
    for (Pace pace : PACES) {
      if (age.compareTo(pace.age()) < 0) {
        return pace.interval();
      }
    }
    return LONGEST;
  }

  /**
   * How long until a system that does not answer is asked again: twice as long each time.
   *
   * @param failures how often in a row it has not answered
   */
  static Duration afterFailures(int failures) {
    return Duration.ofSeconds(Math.min(1L << Math.min(failures, 6), LONGEST.toSeconds()));
  }

  private record Pace(Duration age, Duration interval) {}
}
