package io.jobs4j.core.model;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory above zero. Units are binary.
 *
 * @param gigabytes the amount in units of 1024<sup>3</sup> bytes
 */
public record Memory(double gigabytes) implements Comparable<Memory> {
  private static final Pattern TEXT =
      Pattern.compile("([0-9]{1,30}(?:\\.[0-9]{1,30})?|\\.[0-9]{1,30})([KMGTPE]B)?");

  /** Units of memory, each 1024 times as much as the one before. */
  public enum Unit {
    KB(1 / (1024.0 * 1024)),
    MB(1 / 1024.0),
    GB(1),
    TB(1024),
    PB(1024 * 1024),
    EB(1024 * 1024 * 1024);

    private final double gigabytes;

    Unit(double gigabytes) {
      this.gigabytes = gigabytes;
    }
  }

  /**
   * An amount.
   *
   * @throws IllegalArgumentException if it is infinite or not above zero
   */
  public Memory {
    if (!(gigabytes > 0) || Double.isInfinite(gigabytes)) {
      throw new IllegalArgumentException(
          "memory must be above zero and finite, not " + gigabytes + " GB");
    }
  }

  /**
   * Reads a number and a unit in capital or small letters, such as {@code 200MB}, {@code 1.5gb} or
   * {@code .5TB}. Without a unit it is {@link Unit#GB}.
   *
   * @param largest the largest unit that the text may have
   * @return empty if it is not written so or not above zero
   */
  public static Optional<Memory> parse(String text, Unit largest) {
    Matcher matcher = TEXT.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Unit unit = matcher.group(2) == null ? Unit.GB : Unit.valueOf(matcher.group(2));
    double gigabytes = new BigDecimal(matcher.group(1)).doubleValue() * unit.gigabytes;
    return gigabytes > 0 && unit.compareTo(largest) <= 0
        ? Optional.of(new Memory(gigabytes))
        : Optional.empty();
  }

  @Override
  public int compareTo(Memory other) {
    return Double.compare(gigabytes, other.gigabytes);
  }

  @Override
  public String toString() {
    return gigabytes + "GB";
  }
}
