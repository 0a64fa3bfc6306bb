package io.jobs4j.adapters.slurm;

import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a job ended, by all that is known of it. Nothing but agreement of Slurm and of the batch
 * script's record makes a success.
 *
 * @param state that Slurm ended it in
 * @param restarts how often it was queued again
 * @param controller what the controller remembers; {@code null} if it has forgotten the job
 * @param accounting what the database has; {@code null} if there is none or it has nothing
 * @param record the work directory's
 * @param end the end that the record tells of this run; {@code null} if it does not
 */
record SlurmOutcome(
    SlurmState state,
    int restarts,
    @Nullable ControllerRecord controller,
    @Nullable AccountingRecord accounting,
    RunRecord record,
    RunRecord.@Nullable End end) {
  /** What a shell returns for a signal: 128 and its number. */
  private static final int SIGNALLED = 128;

  private static final int LAST_SIGNAL = 31;

  /** Slurm's own signal number for a script that could not be launched. */
  private static final int NOT_LAUNCHED = 53;

  /** The status; {@code null} if there is not enough evidence yet. */
  @Nullable RemoteStatus status() {
    RemoteStatus status =
        switch (state.meaning) {
          case COMPLETED -> completed();
          case FAILED -> failed();
          case CANCELLED ->
              withdrawn()
                  ? by(
                      Cause.SYSTEM_FAILURE,
                      ("Slurm dropped it before it ran. " + cancelledBy()).strip())
                  : by(Cause.CANCELLED, cancelledBy());
          case TIME_OVER ->
              by(
                  Cause.TIME_LIMIT,
                  state == SlurmState.DEADLINE ? "It was not over by its deadline." : "");
          case MEMORY_OVER -> by(Cause.OUT_OF_MEMORY, "");
          case INTERRUPTED -> by(Cause.SYSTEM_FAILURE, interrupted());
          case RUNNING, WAITING, STANDING, HELD, UNDECIDED -> null;
        };
    return status == null ? null : status.withUsage(usage());
  }

  /**
   * Whether what it returned is the word of a copy that found the attempt claimed, and thus says
   * nothing of the attempt.
   */
  boolean refusedByClaim() {
    ExitStatus exit = exit();
    return state == SlurmState.FAILED
        && exit != null
        && exit.code() == BatchSubmission.TAKEN
        && (end == null || end.code() == 0);
  }

  /** Whether Slurm itself took a job out of the queue, as it does when it cannot place it. */
  private boolean withdrawn() {
    return !record.cancelled()
        && record.began() == null
        && accounting != null
        && (accounting.cancelledBy().equals("0") || accounting.cancelledBy().equals("root"))
        && Duration.ZERO.equals(accounting.usage().elapsed());
  }

  private @Nullable RemoteStatus completed() {
    if (end != null) {
      return recorded(end);
    }
    ExitStatus exit = exit();
    return exit != null && exit.code() == 0 && exit.signal() == 0 ? returned(0) : null;
  }

  private RemoteStatus failed() {
    if (end != null && (end.code() != 0 || end.cause() != RunRecord.Cause.EXITED)) {
      return recorded(end);
    }
    ExitStatus exit = exit();
    String reason = controller == null ? "" : controller.reason();
    boolean launched = record.began() != null;
    if (launched && record.restart() < restarts) {
      return by(
          Cause.SYSTEM_FAILURE,
          "Slurm queued it again and could not start it on its node" + noted(reason));
    }
    if (exit != null && exit.signal() == NOT_LAUNCHED && !launched) {
      return by(
          Cause.SYSTEM_FAILURE,
          "Slurm could not start it on its node: the work directory or its output file cannot be"
              + " reached there"
              + noted(reason));
    }
    if (exit != null && exit.code() == BatchSubmission.NO_DIRECTORY && !launched) {
      return by(Cause.SYSTEM_FAILURE, "The work directory cannot be entered on its node.");
    }
    if (exit != null && exit.code() == BatchSubmission.NO_RECORD && !launched) {
      return by(Cause.SYSTEM_FAILURE, "The work directory cannot be written to on its node.");
    }
    if (exit != null && exit.signal() > 0 && exit.signal() <= LAST_SIGNAL) {
      return signalled(exit.signal());
    }
    if (exit != null && exit.code() != 0) {
      return returned(exit.code());
    }
    return by(Cause.SYSTEM_FAILURE, "Slurm says that it failed" + noted(reason));
  }

  /** Ended as the batch script recorded. */
  private RemoteStatus recorded(RunRecord.End end) {
    return switch (end.cause()) {
      case EXITED -> returned(end.code());
      case CANCELLED -> by(Cause.CANCELLED, "");
      case STARTUP -> by(Cause.STARTUP_SCRIPT, "");
      case MODULES -> by(Cause.MODULES, "");
    };
  }

  /** Ended by itself: what a shell returns for a signal counts as that signal. */
  private RemoteStatus returned(int code) {
    return code > SIGNALLED && code <= SIGNALLED + LAST_SIGNAL
        ? signalled(code - SIGNALLED)
        : RemoteStatus.exited(code, started(), ended());
  }

  private RemoteStatus signalled(int signal) {
    return RemoteStatus.endedBy(Cause.SIGNALLED, OptionalInt.of(signal), started(), ended(), "");
  }

  private RemoteStatus by(Cause cause, String reason) {
    ExitStatus exit = exit();
    int signal = exit == null ? 0 : exit.signal();
    return RemoteStatus.endedBy(
        cause,
        signal > 0 && signal <= LAST_SIGNAL ? OptionalInt.of(signal) : OptionalInt.empty(),
        started(),
        ended(),
        reason);
  }

  private String cancelledBy() {
    String user = accounting == null ? "" : accounting.cancelledBy();
    String reason = controller == null ? "" : controller.reason();
    String who = user.isEmpty() ? "" : "It was cancelled by uid " + user + ".";
    return reason.isEmpty() ? who : (who + " Slurm's reason: " + reason + ".").strip();
  }

  private String interrupted() {
    String reason = controller == null ? "" : controller.reason();
    String what =
        switch (state) {
          case NODE_FAIL -> "A node of it failed";
          case PREEMPTED -> "It had to make room for another job";
          case BOOT_FAIL -> "Its nodes could not be booted";
          default -> "It was interrupted";
        };
    return what + noted(reason);
  }

  private static String noted(String reason) {
    return reason.isEmpty() ? "." : " (" + reason + ").";
  }

  private @Nullable ExitStatus exit() {
    ExitStatus known = controller == null ? null : controller.exit().orElse(null);
    return known != null || accounting == null ? known : accounting.exit().orElse(null);
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
