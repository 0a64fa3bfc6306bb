package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.Memory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes amounts of memory as Slurm does, which counts in powers of 1024. Stateless. */
final class SlurmSizes {
  private static final BigDecimal STEP = BigDecimal.valueOf(1024);
  private static final Pattern TEXT = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)([KMGTP]?)");

  private SlurmSizes() {}

  /**
   * Reads bytes: a number and one letter for its unit, or none.
   *
   * @return empty if there is none
   */
  static OptionalLong bytes(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    int power = " KMGTP".indexOf(matcher.group(2).isEmpty() ? " " : matcher.group(2));
    return OptionalLong.of(new BigDecimal(matcher.group(1)).multiply(STEP.pow(power)).longValue());
  }

  /** The megabytes of a limit, rounded up, because Slurm takes no fractions. */
  static String limit(Memory memory) {
    long megabytes =
        BigDecimal.valueOf(memory.gigabytes())
            .multiply(STEP)
            .setScale(0, RoundingMode.CEILING)
            .longValue();
    return megabytes + "M";
  }
}
