package io.jobs4j.core.spi;

import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler says of a job.
 *
 * @param state where the job is
 * @param exitCode what its script returned; empty if it did not end by itself or nobody knows
 * @param signal the signal that ended it; empty if none or unknown
 * @param cause why it ended; {@link Cause#NONE} while it has not
 * @param started when it began to run; {@code null} if it has not or nobody knows
 * @param ended when it ended; {@code null} if it has not or nobody knows
 * @param reason what the scheduler says of its waiting or its end, for people; empty if nothing
 * @param usage what it used; {@code null} if it has not ended or nobody knows
 * @param held whether {@link RemoteScheduler#hold} keeps it from going on; {@code null} if the
 *     scheduler does not say
 */
public record RemoteStatus(
    State state,
    OptionalInt exitCode,
    OptionalInt signal,
    Cause cause,
    @Nullable Instant started,
    @Nullable Instant ended,
    String reason,
    @Nullable RemoteUsage usage,
    @Nullable Boolean held) {
  /** Where a job is. */
  public enum State {
    QUEUED,
    RUNNING,
    ENDED,
    /** There is proof that the job is gone, and none of how it ended. */
    LOST,
    /**
     * It cannot be seen from where the scheduler was asked, as when it runs on another host behind
     * the same name. That says nothing of how it is; the reason names both places.
     */
    UNSEEN
  }

  /** Why a job ended. */
  public enum Cause {
    NONE,
    /** It returned by itself. */
    EXITED,
    /** Its script ended in the system's startup script, with whatever exit code. */
    STARTUP_SCRIPT,
    /** Its script ended while it loaded the application's modules, with whatever exit code. */
    MODULES,
    SIGNALLED,
    TIME_LIMIT,
    OUT_OF_MEMORY,
    CANCELLED,
    SYSTEM_FAILURE
  }

  /** Waiting at the scheduler. */
  public static RemoteStatus queued(String reason) {
    return new RemoteStatus(
        State.QUEUED,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Cause.NONE,
        null,
        null,
        reason,
        null,
        null);
  }

  /** Running since {@code started}. */
  public static RemoteStatus running(@Nullable Instant started) {
    return new RemoteStatus(
        State.RUNNING,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Cause.NONE,
        started,
        null,
        "",
        null,
        null);
  }

  /** Ended by itself with {@code exitCode}. */
  public static RemoteStatus exited(
      int exitCode, @Nullable Instant started, @Nullable Instant ended) {
    return new RemoteStatus(
        State.ENDED,
        OptionalInt.of(exitCode),
        OptionalInt.empty(),
        Cause.EXITED,
        started,
        ended,
        "",
        null,
        null);
  }

  /** Ended, but not by itself. */
  public static RemoteStatus endedBy(
      Cause cause,
      OptionalInt signal,
      @Nullable Instant started,
      @Nullable Instant ended,
      String reason) {
    return new RemoteStatus(
        State.ENDED, OptionalInt.empty(), signal, cause, started, ended, reason, null, null);
  }

  /** Gone without a trace of how. */
  public static RemoteStatus lost(@Nullable Instant started, String reason) {
    return new RemoteStatus(
        State.LOST,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Cause.SYSTEM_FAILURE,
        started,
        null,
        reason,
        null,
        null);
  }

  /** Out of sight of who was asked; {@code reason} says where it is and who was asked. */
  public static RemoteStatus unseen(String reason) {
    return new RemoteStatus(
        State.UNSEEN,
        OptionalInt.empty(),
        OptionalInt.empty(),
        Cause.NONE,
        null,
        null,
        reason,
        null,
        null);
  }

  /** The same, with whether it is held. */
  public RemoteStatus withHeld(boolean isHeld) {
    return new RemoteStatus(state, exitCode, signal, cause, started, ended, reason, usage, isHeld);
  }

  /** The same, with what the scheduler says of it. */
  public RemoteStatus withReason(String text) {
    return new RemoteStatus(state, exitCode, signal, cause, started, ended, text, usage, held);
  }

  /** The same, with what the job used. */
  public RemoteStatus withUsage(@Nullable RemoteUsage used) {
    return new RemoteStatus(state, exitCode, signal, cause, started, ended, reason, used, held);
  }

  /** Whether the job will not change any more. */
  public boolean isOver() {
    return state == State.ENDED || state == State.LOST;
  }

  /** Whether it returned zero by itself. */
  public boolean succeeded() {
    return cause == Cause.EXITED && exitCode.isPresent() && exitCode.getAsInt() == 0;
  }
}
