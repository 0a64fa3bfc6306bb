package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Puts into words how a job ended, with its times and what it used, after it has been decided.
 *
 * @param controller what the controller remembers; {@code null} if it has forgotten the job
 * @param accounting what the database has; {@code null} if there is none or it has nothing
 * @param record the work directory's
 * @param end the end that the record tells of this run; {@code null} if it does not
 * @param exit how its script ended, as Slurm says; {@code null} if it does not
 */
record Ending(
    @Nullable ControllerRecord controller,
    @Nullable AccountingRecord accounting,
    RunRecord record,
    RunRecord.@Nullable End end,
    @Nullable ExitStatus exit) {
  /** What a shell returns for a signal: 128 and its number. */
  private static final int SIGNALLED = 128;

  private static final int LAST_SIGNAL = 31;

  static Ending of(Evidence evidence) {
    return new Ending(
        evidence.controller(),
        evidence.accounting(),
        evidence.record(),
        evidence.end(),
        evidence.exit());
  }

  /** What the work directory alone tells. */
  static Ending ofRecord(Evidence evidence) {
    return new Ending(null, null, evidence.record(), evidence.end(), null);
  }

  /** Whether a number that Slurm says is that of a signal. */
  static boolean isSignal(int number) {
    return number > 0 && number <= LAST_SIGNAL;
  }

  /** Ended as the batch script recorded. */
  Verdict recorded(RunRecord.End end) {
    return switch (end.cause()) {
      case EXITED -> returned(end.code());
      case CANCELLED -> by(Cause.CANCELLED, "");
      case STARTUP -> by(Cause.STARTUP_SCRIPT, "");
      case MODULES -> by(Cause.MODULES, "");
    };
  }

  /** Ended by itself: what a shell returns for a signal counts as that signal. */
  Verdict returned(int code) {
    return isSignal(code - SIGNALLED)
        ? signalled(code - SIGNALLED)
        : settled(RemoteStatus.exited(code, started(), ended()));
  }

  Verdict signalled(int signal) {
    return settled(
        RemoteStatus.endedBy(Cause.SIGNALLED, OptionalInt.of(signal), started(), ended(), ""));
  }

  /** Ended for a reason of Slurm's; the signal by which it did so is told as well. */
  Verdict by(Cause cause, String reason) {
    int signal = exit == null ? 0 : exit.signal();
    return settled(
        RemoteStatus.endedBy(
            cause,
            isSignal(signal) ? OptionalInt.of(signal) : OptionalInt.empty(),
            started(),
            ended(),
            reason));
  }

  /** Who cancelled it, as far as is known. */
  String cancelledBy() {
    String user = accounting == null ? "" : accounting.cancelledBy();
    String who = user.isEmpty() ? "" : "It was cancelled by uid " + user + ".";
    return reason().isEmpty() ? who : (who + " Slurm's reason: " + reason() + ".").strip();
  }

  /** What happened, with the controller's reason if it has one. */
  String noted(String what) {
    return reason().isEmpty() ? what + "." : what + " (" + reason() + ").";
  }

  private String reason() {
    return controller == null ? "" : controller.reason();
  }

  private Verdict settled(RemoteStatus status) {
    return Verdict.settled(status.withUsage(usage()));
  }

  /** What was cancelled before it started has a time of start all the same, but no node. */
  private @Nullable Instant started() {
    if (controller != null) {
      return controller.nodes().isEmpty() ? null : controller.start();
    }
    if (accounting != null) {
      return accounting.usage().nodes().isEmpty() ? null : accounting.start();
    }
    return record.began();
  }

  private @Nullable Instant ended() {
    if (controller != null && controller.end() != null) {
      return controller.end();
    }
    if (accounting != null && accounting.end() != null) {
      return accounting.end();
    }
    return end == null ? null : end.ended();
  }

  private @Nullable RemoteUsage usage() {
    if (accounting != null && accounting.end() != null) {
      return accounting.usage();
    }
    Instant started = started();
    Instant ended = ended();
    if (started == null || ended == null) {
      return null;
    }
    return new RemoteUsage(
        Duration.between(started, ended),
        null,
        OptionalLong.empty(),
        controller == null ? "" : controller.nodes());
  }
}
