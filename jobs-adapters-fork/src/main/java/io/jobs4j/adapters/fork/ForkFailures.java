package io.jobs4j.adapters.fork;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;

/**
 * Says why a job could not be launched, steered or asked about, and whether that can clear.
 * Stateless.
 */
final class ForkFailures {
  private static final String UNSEEN = "jobs4j unseen ";
  private static final String MISSING = "jobs4j missing ";

  private ForkFailures() {}

  /** Refuses to go on with a job that a script has not seen. */
  static void refuseUnseen(Attempt attempt, CommandResult result) {
    for (String line : result.output().lines().toList()) {
      String why = null;
      if (line.startsWith(UNSEEN)) {
        why = ForkReport.unseen(line.substring(UNSEEN.length()));
      } else if (line.startsWith(MISSING)) {
        why = ForkReport.missing(attempt.workPath(), line.substring(MISSING.length()));
      }
      if (why != null) {
        throw new TransientAdapterException(
            RecoveryCondition.JOB_NOT_VISIBLE,
            "Attempt %s: %s".formatted(attempt.key(), why),
            null);
      }
    }
  }

  /** That no word could be left of what is wanted of an attempt. */
  static TransientAdapterException notWritten(
      String what, Attempt attempt, ForkReport.Refusal refusal) {
    return new TransientAdapterException(
        RecoveryCondition.STORAGE_NOT_WRITABLE,
        "Attempt %s cannot be marked as %s in %s: %s"
            .formatted(attempt.key(), what, attempt.workPath(), refusal.reason()),
        null);
  }

  /** That an attempt cannot begin. */
  static JobsException notLaunched(Attempt attempt, ForkReport.Refusal refusal) {
    String message =
        "Attempt "
            + attempt.key()
            + " cannot be launched in "
            + attempt.workPath()
            + ": "
            + refusal.reason();
    return refusal.lasting()
        ? new PermanentAdapterException(ConditionCode.JOB_LAUNCH_FAILURE, message)
        : new TransientAdapterException(RecoveryCondition.STORAGE_NOT_WRITABLE, message, null);
  }

  /** That nothing can be known of an attempt. */
  static TransientAdapterException away(Attempt attempt) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The work directory "
            + attempt.workPath()
            + " of attempt "
            + attempt.key()
            + " cannot be seen: its file system seems to be away, or the account may not search it",
        null);
  }

  /** That the host did not do, or not to the end, what it was asked. */
  static TransientAdapterException unanswered(String what, CommandResult result) {
    String error = result.error().strip();
    return new TransientAdapterException(
        RecoveryCondition.SCHEDULER_NOT_ANSWERING,
        "No answer from "
            + what
            + ": exit code "
            + result.exitCode()
            + (error.isEmpty() ? "" : ", " + error.lines().limit(3).toList()),
        null);
  }
}
