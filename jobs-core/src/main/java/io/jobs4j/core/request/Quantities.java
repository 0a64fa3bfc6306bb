package io.jobs4j.core.request;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the amounts that requests hold as strings (Aloe, "Submission Request Parameters"). */
final class Quantities {
  private static final Pattern MEMORY =
      Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{1,30})?|\\.[0-9]{1,30})([KMGT]B)?");
  private static final Pattern RUN_TIME = Pattern.compile("([0-9]{1,4}):([0-5][0-9]):([0-5][0-9])");
  private static final double STEP = 1024;

  private Quantities() {}

  /**
   * Memory as number and unit, in GB.
   *
   * @return empty if it is not written so or not above zero
   */
  static Optional<Double> memory(String text) {
    Matcher matcher = MEMORY.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    double number = new BigDecimal(matcher.group(1)).doubleValue();
    String unit = matcher.group(2);
    double gigabytes =
        switch (unit == null ? "GB" : unit) {
          case "KB" -> number / STEP / STEP;
          case "MB" -> number / STEP;
          case "TB" -> number * STEP;
          default -> number;
        };
    return gigabytes > 0 ? Optional.of(gigabytes) : Optional.empty();
  }

  /**
   * A run time as {@code HH:mm:ss}.
   *
   * @return empty if it is not written so or not above zero
   */
  static Optional<Duration> runTime(String text) {
    Matcher matcher = RUN_TIME.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Duration time =
        Duration.ofHours(Long.parseLong(matcher.group(1)))
            .plusMinutes(Long.parseLong(matcher.group(2)))
            .plusSeconds(Long.parseLong(matcher.group(3)));
    return time.isZero() ? Optional.empty() : Optional.of(time);
  }
}
