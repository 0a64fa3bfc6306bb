package io.jobs4j.adapters.slurm;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code CODE:SIGNAL}, as Slurm prints how the batch script ended.
 *
 * @param code what it returned
 * @param signal what ended it; 0 if nothing did. Larger numbers are Slurm's own: {@link
 *     #NOT_LAUNCHED}, and 125 that memory ran out
 */
record ExitStatus(int code, int signal) {
  /** Slurm's own signal number for a script that could not be launched. */
  static final int NOT_LAUNCHED = 53;

  private static final Pattern FORM = Pattern.compile("(\\d{1,3}):(\\d{1,3})");

  static Optional<ExitStatus> of(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(
            new ExitStatus(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }
}
