package io.jobs4j.sdk;

import java.time.Duration;

/** How short and how long a setting may be, both inclusive. */
record DurationRange(String setting, Duration shortest, Duration longest) {
  /** Longer than anything that is waited for, and short enough for every clock and database. */
  static final Duration CENTURY = Duration.ofDays(36_500);

  /**
   * Returns a value that is in the range.
   *
   * @throws IllegalArgumentException if it is not, with the setting, the value and the range
   */
  Duration require(Duration value) {
    if (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "%s %s must be from %s to %s".formatted(setting, value, shortest, longest));
    }
    return value;
  }
}
