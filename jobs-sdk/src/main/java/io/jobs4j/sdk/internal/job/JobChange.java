package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
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
  public static final int TEXT_LIMIT = 16384;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

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

  /** Then makes {@code other} too; what both set is as the other says, but for times. */
  public JobChange and(JobChange other) {
    return with(copy -> copy.add(other.fields));
  }

  /** Then takes {@code step}. */
  public JobChange then(Step step) {
    return with(copy -> copy.steps.add(step));
  }

  /** Then takes all these steps. */
  public JobChange then(List<Step> others) {
    return with(copy -> copy.steps.addAll(others));
  }

  /**
   * The job rests until {@code time}; {@code null} for until something happens to it. If neither
   * this nor one of the next two is called, it is ready for a worker at once.
   */
  public JobChange dueAt(@Nullable Instant time) {
    return with(
        copy -> {
          copy.due = Due.IDLE;
          copy.dueAt = time;
        });
  }

  /** This engine watches the job; a worker looks at it at {@code time} all the same, if given. */
  public JobChange watched(@Nullable Instant time) {
    return with(
        copy -> {
          copy.due = Due.WATCHED;
          copy.dueAt = time;
        });
  }

  /** Whoever has the job keeps it, and it is due when it was. */
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

  /** Says what the job waits for; one of the steps must be {@code BLOCKED}. */
  public JobChange blockedOn(Blockage value) {
    return with(copy -> copy.blockage = value).dueAt(null);
  }

  /** Sets the work directory. */
  public JobChange workPath(@Nullable String value) {
    return with(copy -> copy.workPath = value);
  }

  /**
   * Sets the id that the scheduler gave.
   *
   * @throws IllegalArgumentException if it is none by {@link StoredText#isId}
   */
  public JobChange remoteJobId(@Nullable String value) {
    String id = required("remoteJobId", value);
    return with(copy -> copy.remoteJobId = id);
  }

  /**
   * Sets the further id that the scheduler gave.
   *
   * @throws IllegalArgumentException if it is none by {@link StoredText#isId}
   */
  public JobChange schedulerJobId(@Nullable String value) {
    String id = required("schedulerJobId", value);
    return with(copy -> copy.schedulerJobId = id);
  }

  /** Sets when the job began to run, if that is not known yet. */
  public JobChange remoteStarted(@Nullable Instant value) {
    return with(copy -> copy.remoteStarted = plausible(value));
  }

  /** Sets when it ended on the execution system, if that is not known yet. */
  public JobChange remoteEnded(@Nullable Instant value) {
    return with(copy -> copy.remoteEnded = plausible(value));
  }

  /** Sets how it ended on the execution system. */
  public JobChange remoteOutcome(@Nullable RemoteOutcome value) {
    return with(copy -> copy.remoteOutcome = value);
  }

  /** Sets what is to be said of how it ended there. */
  public JobChange remoteEndMessage(@Nullable String value) {
    return with(copy -> copy.remoteEndMessage = value == null ? null : text(value));
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

  public Fields fields() {
    return fields;
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

  public enum Due {
    READY,
    IDLE,
    WATCHED,
    AS_BEFORE
  }

  /** The mutable inside, never shared after construction. */
  public static final class Fields {
    public final List<Step> steps;
    public Due due = Due.READY;
    public @Nullable Instant dueAt;
    public int submitAttempts;
    public int statusChecks;
    public int failedStatusChecks;
    public boolean archived;
    public @Nullable Blockage blockage;
    public @Nullable String workPath;
    public @Nullable String remoteJobId;
    public @Nullable String schedulerJobId;
    @Nullable Instant remoteStarted;
    @Nullable Instant remoteEnded;
    public @Nullable RemoteOutcome remoteOutcome;
    public @Nullable String remoteEndMessage;
    public @Nullable ConditionCode conditionCode;
    public @Nullable Instant lastStatusCheck;

    Fields() {
      this.steps = new ArrayList<>();
    }

    void add(Fields other) {
      steps.addAll(other.steps);
      submitAttempts += other.submitAttempts;
      statusChecks += other.statusChecks;
      failedStatusChecks += other.failedStatusChecks;
      archived |= other.archived;
      blockage = other.blockage == null ? blockage : other.blockage;
      workPath = other.workPath == null ? workPath : other.workPath;
      remoteJobId = other.remoteJobId == null ? remoteJobId : other.remoteJobId;
      schedulerJobId = other.schedulerJobId == null ? schedulerJobId : other.schedulerJobId;
      // What is known first stays.
      remoteStarted = remoteStarted == null ? other.remoteStarted : remoteStarted;
      remoteEnded = remoteEnded == null ? other.remoteEnded : remoteEnded;
      remoteOutcome = other.remoteOutcome == null ? remoteOutcome : other.remoteOutcome;
      remoteEndMessage = other.remoteEndMessage == null ? remoteEndMessage : other.remoteEndMessage;
      conditionCode = other.conditionCode == null ? conditionCode : other.conditionCode;
      lastStatusCheck = other.lastStatusCheck == null ? lastStatusCheck : other.lastStatusCheck;
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
      this.blockage = other.blockage;
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
