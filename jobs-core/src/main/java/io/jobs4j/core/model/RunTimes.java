package io.jobs4j.core.model;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Run times as text: {@code HH:mm:ss} with as many digits of hours as it takes. Stateless. */
public final class RunTimes {
  /** The longest limit of a run time: 9999:59:59. */
  public static final Duration LONGEST = Duration.ofHours(10_000).minusSeconds(1);

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,9}):([0-5][0-9]):([0-5][0-9])");
  private static final int LONGEST_LIMIT = "9999:59:59".length();

  private RunTimes() {}

  /**
   * Reads a run time, which may be zero.
   *
   * @return empty if it is not written so
   */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            Duration.ofHours(Long.parseLong(matcher.group(1)))
                .plusMinutes(Long.parseLong(matcher.group(2)))
                .plusSeconds(Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  /**
   * Reads a run time that somebody sets as a limit.
   *
   * @return empty if it is not written so, has more than four digits of hours or is not above zero
   */
  public static Optional<Duration> parseLimit(String text) {
    return text.length() > LONGEST_LIMIT
        ? Optional.empty()
        : parse(text).filter(time -> !time.isZero());
  }

  /** A run time that is given in hours, to the nearest second. */
  public static Duration ofHours(double hours) {
    return Duration.ofSeconds(Math.round(hours * 3600));
  }

  /** The text of a run time; parts of a second are left out. */
  public static String format(Duration time) {
    return String.format(
        Locale.ROOT, "%02d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }

  /** Whether a time is from zero to {@link #LONGEST}. */
  static boolean isLimit(Duration time) {
    return !time.isNegative() && time.compareTo(LONGEST) <= 0;
  }

  /** Refuses a limit that {@link #parseLimit} could not have read, but for zero. */
  static void requireLimit(String name, Duration limit) {
    if (!isLimit(limit)) {
      throw new IllegalArgumentException(name + " " + limit + " must be from PT0S to " + LONGEST);
    }
  }
}
