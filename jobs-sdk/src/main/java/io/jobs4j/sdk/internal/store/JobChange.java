package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.TransferProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One change of a job: states to go through with their history entries, fields to set, and when the
 * job is due next. All of it is stored together or not at all. Immutable; each method returns
 * another change.
 */
public final class JobChange {
  /** A change that changes nothing. */
  public static final JobChange NONE = new JobChange(new Fields());

  /** Longest text of a message or history entry. */
  static final int TEXT_LIMIT = 16384;

  private final Fields fields;

  private JobChange(Fields fields) {
    this.fields = fields;
  }

  /** Goes to {@code status} (or stays in it) and says so in the history. */
  public static JobChange to(JobStatus status, String message) {
    return NONE.then(status, message);
  }

  /** Then goes to {@code status} (or stays in it) and says so in the history. */
  public JobChange then(JobStatus status, String message) {
    return then(new Step(status, message, null, null));
  }

  /** Then takes {@code step}. */
  public JobChange then(Step step) {
    return with(copy -> copy.steps.add(step));
  }

  /** Then takes all these steps. */
  public JobChange then(List<Step> others) {
    return with(copy -> copy.steps.addAll(others));
  }

  /** When the job is worked on next; {@code null} if its scheduler has it. Now, if never called. */
  public JobChange dueAt(@Nullable Instant time) {
    return with(
        copy -> {
          copy.due = time == null ? Due.ON_EVENT : Due.AT;
          copy.dueAt = time;
        });
  }

  /** Leaves as it is when the job is worked on next. */
  public JobChange dueAsBefore() {
    return with(copy -> copy.due = Due.AS_BEFORE);
  }

  /** Counts one more attempt to submit. */
  public JobChange countSubmitAttempt() {
    return with(copy -> copy.submitAttempts++);
  }

  /** Counts status queries made since the last change. */
  public JobChange countStatusChecks(int succeeded, int failed) {
    return with(
        copy -> {
          copy.statusChecks += succeeded;
          copy.failedStatusChecks += failed;
        });
  }

  /** Notes that the output is complete on the archive system. */
  public JobChange archived() {
    return with(copy -> copy.archived = true);
  }

  /** Sets the work directory. */
  public JobChange workPath(@Nullable String value) {
    return with(copy -> copy.workPath = value);
  }

  /** Sets the id that the scheduler gave. */
  public JobChange remoteJobId(@Nullable String value) {
    return with(copy -> copy.remoteJobId = value);
  }

  /** Sets the further id that the scheduler gave. */
  public JobChange schedulerJobId(@Nullable String value) {
    return with(copy -> copy.schedulerJobId = value);
  }

  /** Sets when the job began to run, if that is not known yet. */
  public JobChange remoteStarted(@Nullable Instant value) {
    return with(copy -> copy.remoteStarted = value);
  }

  /** Sets when it ended on the execution system, if that is not known yet. */
  public JobChange remoteEnded(@Nullable Instant value) {
    return with(copy -> copy.remoteEnded = value);
  }

  /** Sets how it ended on the execution system. */
  public JobChange remoteOutcome(@Nullable RemoteOutcome value) {
    return with(copy -> copy.remoteOutcome = value);
  }

  /** Sets what is to be said of how it ended there. */
  public JobChange remoteEndMessage(@Nullable String value) {
    return with(copy -> copy.remoteEndMessage = value == null ? null : shortened(value));
  }

  /** Sets why the job ended. */
  public JobChange conditionCode(@Nullable ConditionCode value) {
    return with(copy -> copy.conditionCode = value);
  }

  /** Sets when its status was last queried. */
  public JobChange lastStatusCheck(@Nullable Instant value) {
    return with(copy -> copy.lastStatusCheck = value);
  }

  private JobChange with(Consumer<Fields> edit) {
    Fields copy = new Fields(fields);
    edit.accept(copy);
    return new JobChange(copy);
  }

  /** The steps in order. */
  public List<Step> steps() {
    return List.copyOf(fields.steps);
  }

  Fields fields() {
    return fields;
  }

  /** As much of a text as has room, without half a character at its end. */
  private static String shortened(String text) {
    if (text.length() < TEXT_LIMIT) {
      return text;
    }
    int end = TEXT_LIMIT - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
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
        message = shortened(message);
      }
    }
  }

  enum Due {
    NOW,
    AT,
    ON_EVENT,
    AS_BEFORE
  }

  /** The mutable inside, never shared after construction. */
  static final class Fields {
    final List<Step> steps;
    Due due = Due.NOW;
    @Nullable Instant dueAt;
    int submitAttempts;
    int statusChecks;
    int failedStatusChecks;
    boolean archived;
    @Nullable String workPath;
    @Nullable String remoteJobId;
    @Nullable String schedulerJobId;
    @Nullable Instant remoteStarted;
    @Nullable Instant remoteEnded;
    @Nullable RemoteOutcome remoteOutcome;
    @Nullable String remoteEndMessage;
    @Nullable ConditionCode conditionCode;
    @Nullable Instant lastStatusCheck;

    Fields() {
      this.steps = new ArrayList<>();
    }

    /** Whether anything of the job itself changes, not only when it is due. */
    boolean touchJob() {
      return !steps.isEmpty()
          || archived
          || submitAttempts + statusChecks + failedStatusChecks > 0
          || workPath != null
          || remoteJobId != null
          || schedulerJobId != null
          || remoteStarted != null
          || remoteEnded != null
          || remoteOutcome != null
          || remoteEndMessage != null
          || conditionCode != null
          || lastStatusCheck != null;
    }

    Fields(Fields other) {
      this.steps = new ArrayList<>(other.steps);
      this.due = other.due;
      this.dueAt = other.dueAt;
      this.submitAttempts = other.submitAttempts;
      this.statusChecks = other.statusChecks;
      this.failedStatusChecks = other.failedStatusChecks;
      this.archived = other.archived;
      this.workPath = other.workPath;
      this.remoteJobId = other.remoteJobId;
      this.schedulerJobId = other.schedulerJobId;
      this.remoteStarted = other.remoteStarted;
      this.remoteEnded = other.remoteEnded;
      this.remoteOutcome = other.remoteOutcome;
      this.remoteEndMessage = other.remoteEndMessage;
      this.conditionCode = other.conditionCode;
      this.lastStatusCheck = other.lastStatusCheck;
    }
  }
}
