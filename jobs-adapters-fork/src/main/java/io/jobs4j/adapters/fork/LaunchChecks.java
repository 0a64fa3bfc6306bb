package io.jobs4j.adapters.fork;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.regex.Pattern;

/**
 * Checks what is known of a job before any of it reaches a host. What cannot be told to the host is
 * refused with a {@link PermanentAdapterException}. Stateless.
 */
final class LaunchChecks {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,200}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private LaunchChecks() {}

  /** Returns an attempt if its key and work directory can be told to the host. */
  static Attempt requireAttempt(Attempt attempt) {
    if (!KEY.matcher(attempt.key()).matches()) {
      throw invalid("attempt key", attempt.key(), "1 to 200 letters, digits and hyphens");
    }
    if (!attempt.workPath().startsWith("/") || attempt.workPath().indexOf('\0') >= 0) {
      throw invalid("workPath", attempt.workPath(), "an absolute path");
    }
    return attempt;
  }

  /** Returns a name if a file in the work directory can have it. */
  static String requireFileName(String field, String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw invalid(field, name, "the name of a file in the work directory");
    }
    return name;
  }

  /** Returns {@code NAME=VALUE} if that can be a variable of the job. */
  static String requireVariable(String name, String value) {
    if (!VARIABLE.matcher(name).matches()) {
      throw invalid("environment variable", name, "a name of letters, digits and underscores");
    }
    if (value.indexOf('\0') >= 0) {
      // The value may be a secret.
      throw invalid("environment variable", name, "one without NUL characters in its value");
    }
    return name + "=" + value;
  }

  private static PermanentAdapterException invalid(String field, String value, String right) {
    return new PermanentAdapterException(
        ConditionCode.JOB_LAUNCH_FAILURE,
        "The " + field + " \"" + value.replace("\0", "\\0") + "\" is not " + right);
  }
}
