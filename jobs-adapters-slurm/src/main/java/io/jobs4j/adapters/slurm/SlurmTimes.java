package io.jobs4j.adapters.slurm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads times as Slurm prints them to {@link SlurmScripts}, and writes them for it. Stateless. */
final class SlurmTimes {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,6})-)?(?:(\\d{1,6}):)?(\\d{1,6}):(\\d{1,2})(\\.\\d{1,6})?");

  private SlurmTimes() {}

  /**
   * Reads a moment: seconds since 1970, or a date and time in UTC from versions that print no
   * other.
   *
   * @return {@code null} if there is none
   */
  static @Nullable Instant moment(String text) {
    String word = text.strip();
    if (SECONDS.matcher(word).matches()) {
      long seconds = Long.parseLong(word);
      return seconds == 0 ? null : Instant.ofEpochSecond(seconds);
    }
    try {
      return LocalDateTime.parse(word).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * Reads a time span: {@code [DAYS-][HOURS:]MINUTES:SECONDS[.FRACTION]}.
   *
   * @return {@code null} if there is none
   */
  static @Nullable Duration span(String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (!matcher.matches()) {
      return null;
    }
    String fraction = matcher.group(5);
    return Duration.ofDays(number(matcher.group(1)))
        .plusHours(number(matcher.group(2)))
        .plusMinutes(number(matcher.group(3)))
        .plusSeconds(number(matcher.group(4)))
        .plusNanos(fraction == null ? 0 : Math.round(Double.parseDouble("0" + fraction) * 1e9));
  }

  /** The minutes of a time limit, rounded up, because Slurm knows no shorter time. */
  static String limit(Duration time) {
    long minutes = time.toMinutes();
    return Long.toString(time.equals(Duration.ofMinutes(minutes)) ? minutes : minutes + 1);
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
