package io.jobs4j.adapters.fork;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.regex.Pattern;

/** Checks what is known of a job before any of it reaches a host. Stateless. */
final class LaunchChecks {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,200}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private LaunchChecks() {}

  /** An attempt whose key and work directory can be told to the host. */
  static Attempt attempt(Attempt attempt) {
    if (!KEY.matcher(attempt.key()).matches()) {
      throw invalid("attempt key", attempt.key(), "1 to 200 letters, digits and hyphens");
    }
    if (!attempt.workPath().startsWith("/") || attempt.workPath().indexOf('\0') >= 0) {
      throw invalid("workPath", attempt.workPath(), "an absolute path");
    }
    return attempt;
  }

  /** The name of a file in the work directory. */
  static String fileName(String field, String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw invalid(field, name, "the name of a file in the work directory");
    }
    return name;
  }

  /** A variable for the job, as {@code NAME=VALUE}. */
  static String variable(String name, String value) {
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
