package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.TransferProgress;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One change of a job: states to go through with their history entries, fields to set, and when the
 * job is due next. All of it is stored together or not at all. Immutable; each method returns
 * another change.
 */
public final class JobChange {
  /** A change that changes nothing. */
  public static final JobChange NONE =
      new JobChange(List.of(), Due.READY, null, null, JobValues.NONE);

  /** Longest text of a message or history entry. */
  public static final int TEXT_LIMIT = 16384;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  private final List<Step> steps;
  private final Due due;
  private final @Nullable Instant dueAt;
  private final @Nullable Blockage blockage;
  private final JobValues values;

  private JobChange(
      List<Step> steps,
      Due due,
      @Nullable Instant dueAt,
      @Nullable Blockage blockage,
      JobValues values) {
    this.steps = steps;
    this.due = due;
    this.dueAt = dueAt;
    this.blockage = blockage;
    this.values = values;
  }

  /** Goes to {@code status} (or stays in it) and says so in the history. */
  public static JobChange to(JobStatus status, String message) {
    return NONE.then(status, message);
  }

  /** Then goes to {@code status} (or stays in it) and says so in the history. */
  public JobChange then(JobStatus status, String message) {
    return then(new Step(status, message, null, null));
  }

  /** Then makes {@code other} too; what both set is as the other says, but for times. */
  public JobChange and(JobChange other) {
    return new JobChange(
        joined(steps, other.steps),
        due,
        dueAt,
        other.blockage == null ? blockage : other.blockage,
        values.then(other.values));
  }

  /** Then takes {@code step}. */
  public JobChange then(Step step) {
    return then(List.of(step));
  }

  /** Then takes all these steps. */
  public JobChange then(List<Step> others) {
    return new JobChange(joined(steps, others), due, dueAt, blockage, values);
  }

  private static List<Step> joined(List<Step> first, List<Step> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /**
   * The job rests until {@code time}; {@code null} for until something happens to it. If neither
   * this nor one of the next two is called, it is ready for a worker at once.
   */
  public JobChange dueAt(@Nullable Instant time) {
    return new JobChange(steps, Due.IDLE, time, blockage, values);
  }

  /** This engine watches the job; a worker looks at it at {@code time} all the same, if given. */
  public JobChange watched(@Nullable Instant time) {
    return new JobChange(steps, Due.WATCHED, time, blockage, values);
  }

  /** Whoever has the job keeps it, and it is due when it was. */
  public JobChange dueAsBefore() {
    return new JobChange(steps, Due.AS_BEFORE, dueAt, blockage, values);
  }

  /** Counts one more attempt to submit. */
  public JobChange countSubmitAttempt() {
    return with(values.then(JobValues.NONE.with(JobField.SUBMIT_RETRIES, 1)));
  }

  /** Counts status queries made since the last change. */
  public JobChange countStatusChecks(int succeeded, int failed) {
    return with(
        values.then(
            JobValues.NONE
                .with(JobField.REMOTE_STATUS_CHECKS, succeeded)
                .with(JobField.FAILED_STATUS_CHECKS, failed)));
  }

  /** Notes that the output is complete on the archive system. */
  public JobChange archived() {
    return with(JobField.ARCHIVED, true);
  }

  /** Says what the job waits for; one of the steps must be {@code BLOCKED}. */
  public JobChange blockedOn(Blockage value) {
    return new JobChange(steps, Due.IDLE, null, value, values);
  }

  /** Sets the work directory. */
  public JobChange workPath(@Nullable String value) {
    return with(JobField.WORK_PATH, value);
  }

  /**
   * Sets the id that the scheduler gave.
   *
   * @throws IllegalArgumentException if it is none by {@link StoredText#isId}
   */
  public JobChange remoteJobId(@Nullable String value) {
    return with(JobField.REMOTE_JOB_ID, required("remoteJobId", value));
  }

  /** Sets what the scheduler says of why the job does not go on; empty for nothing. */
  public JobChange remoteReason(String value) {
    return with(JobField.REMOTE_REASON, text(value));
  }

  /** Sets when the job began to run, if that is not known yet. */
  public JobChange remoteStarted(@Nullable Instant value) {
    return with(JobField.REMOTE_STARTED, plausible(value));
  }

  /** Sets when it ended on the execution system, if that is not known yet. */
  public JobChange remoteEnded(@Nullable Instant value) {
    return with(JobField.REMOTE_ENDED, plausible(value));
  }

  /** Sets how it ended on the execution system. */
  public JobChange remoteOutcome(@Nullable RemoteOutcome value) {
    return with(JobField.REMOTE_OUTCOME, value);
  }

  /** Sets what is to be said of how it ended there. */
  public JobChange remoteEndMessage(@Nullable String value) {
    return with(JobField.REMOTE_END_MESSAGE, value == null ? null : text(value));
  }

  /** Sets why the job ended. */
  public JobChange conditionCode(@Nullable ConditionCode value) {
    return with(JobField.CONDITION_CODE, value);
  }

  /** Sets when its status was last queried. */
  public JobChange lastStatusCheck(@Nullable Instant value) {
    return with(JobField.LAST_STATUS_CHECK, value);
  }

  private JobChange with(JobField field, @Nullable Object value) {
    return with(values.with(field, value));
  }

  private JobChange with(JobValues all) {
    return new JobChange(steps, due, dueAt, blockage, all);
  }

  /** The steps in order. */
  public List<Step> steps() {
    return steps;
  }

  /** Who has the job afterwards. */
  public Due due() {
    return due;
  }

  /** When a worker looks at a job that rests or is watched; {@code null} if only when it must. */
  public @Nullable Instant dueAt() {
    return dueAt;
  }

  /** What the job waits for; {@code null} if for nothing. */
  public @Nullable Blockage blockage() {
    return blockage;
  }

  /** The values that it gives to fields, without those that follow from its steps. */
  JobValues values() {
    return values;
  }

  /** Whether anything of the job itself changes, not only when it is due. */
  boolean touchesJob() {
    return !steps.isEmpty() || !values.isEmpty();
  }

  private static String text(String given) {
    return StoredText.of(given, TEXT_LIMIT - 1);
  }

  private static @Nullable String required(String field, @Nullable String id) {
    if (id != null && !StoredText.isId(id)) {
      throw new IllegalArgumentException(
          "%s \"%s\" must have 1 to %s characters and no control characters"
              .formatted(field, text(id), StoredText.ID_LIMIT));
    }
    return id;
  }

  /** Not all databases have room for all times that there are in Java. */
  private static @Nullable Instant plausible(@Nullable Instant time) {
    return time == null || time.isBefore(EARLIEST) || time.isAfter(LATEST) ? null : time;
  }

  /**
   * A state to go to, or to stay in.
   *
   * @param status the state
   * @param message what the history and the job's last message say
   * @param createdBy the user that caused it; {@code null} if the engine did
   * @param progress how far a transfer has come; {@code null} if there is none
   */
  public record Step(
      JobStatus status,
      String message,
      @Nullable String createdBy,
      @Nullable TransferProgress progress) {
    public Step {
      if (message.isBlank()) {
        message = "Setting job status to " + status + ".";
      } else {
        message = text(message);
      }
    }

    public HistoryEvent event(long sequence, Instant time) {
      return new HistoryEvent(
          sequence, time, JobEventName.of(status), message, createdBy, progress);
    }
  }

  /** Who has a job after a change. */
  public enum Due {
    /** Any worker may take it. */
    READY,
    /** Nobody, until its time comes or something happens to it. */
    IDLE,
    /** This engine watches it. */
    WATCHED,
    /** Whoever had it before. */
    AS_BEFORE
  }
}
