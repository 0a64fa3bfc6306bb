package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.sdk.JobEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change as it meets the stored job: checked against the table of states, with the values that it
 * gives to the columns. The same values make the next {@link StoredJob}, so that whoever works on a
 * job need not read it again.
 */
public final class Applied {
  private final JobHead before;
  private final JobHead after;
  private final JobChange change;
  private final JobValues values;
  private final Instant now;

  private Applied(JobHead before, JobHead after, JobChange change, JobValues values, Instant now) {
    this.before = before;
    this.after = after;
    this.change = change;
    this.values = values;
    this.now = now;
  }

  /**
   * Makes a change of a stored job.
   *
   * @param time when; entries of a history never go back in time, whatever clocks do
   * @throws io.jobs4j.core.lifecycle.IllegalTransitionException if it is not in the table
   */
  public static Applied of(JobHead head, JobChange change, Instant time) {
    Instant now = time.isBefore(head.lastUpdated()) ? head.lastUpdated() : time;
    JobStatus status = head.status();
    JobStatus heldIn = head.heldIn();
    Set<JobStatus> entered = EnumSet.noneOf(JobStatus.class);
    int blocked = 0;
    for (JobChange.Step step : change.steps()) {
      JobTransitions.check(head.uuid(), status, step.status(), heldIn);
      if (step.status() != status) {
        if (step.status().isActive() || step.status().isTerminal()) {
          heldIn = null;
        } else if (status.isActive()) {
          heldIn = status;
        }
        blocked += step.status() == JobStatus.BLOCKED ? 1 : 0;
        status = step.status();
        entered.add(status);
      }
    }
    boolean touches = change.touchesJob();
    ConditionCode code = change.values().get(JobField.CONDITION_CODE, ConditionCode.class);
    JobHead after =
        new JobHead(
            head.id(),
            head.uuid(),
            status,
            heldIn,
            head.version() + (touches ? 1 : 0),
            head.lastSequence() + change.steps().size(),
            touches ? now : head.lastUpdated(),
            head.cancelRequestedBy(),
            head.pauseRequestedBy(),
            head.fence(),
            code == null ? head.conditionCode() : code,
            blocked > 0 || (head.wasBlocked() && !goesFurther(head.status(), status, change)),
            head.origin());
    JobValues values = touches ? values(change, after, entered, blocked) : JobValues.NONE;
    return new Applied(head, after, change, values, now);
  }

  /** What the change sets, with what follows from its steps. */
  private static JobValues values(
      JobChange change, JobHead after, Set<JobStatus> entered, int blocked) {
    List<JobChange.Step> steps = change.steps();
    JobValues set = change.values();
    Instant now = after.lastUpdated();
    boolean placed = entered.contains(JobStatus.QUEUED) || entered.contains(JobStatus.RUNNING);
    return set.edit()
        .set(JobField.VERSION, after.version())
        .set(JobField.STATUS, after.status())
        .set(JobField.HELD_IN, after.heldIn())
        .set(
            JobField.LAST_STATUS_MESSAGE,
            steps.isEmpty() ? null : steps.get(steps.size() - 1).message())
        .set(JobField.LAST_SEQUENCE, after.lastSequence())
        .set(JobField.LAST_UPDATED, now)
        .set(JobField.CREATED, after.status().isVisible() ? now : null)
        .set(JobField.ENDED, after.status().isTerminal() ? now : null)
        // Whatever it waited for, it does not wait any more.
        .set(
            JobField.REMOTE_REASON,
            after.status().isTerminal() ? "" : set.get(JobField.REMOTE_REASON))
        .set(JobField.REMOTE_SUBMITTED, placed ? now : null)
        .set(
            JobField.REMOTE_STARTED,
            known(set, JobField.REMOTE_STARTED, entered.contains(JobStatus.RUNNING), now))
        .set(
            JobField.REMOTE_ENDED,
            known(set, JobField.REMOTE_ENDED, entered.contains(JobStatus.CLEANING_UP), now))
        .set(JobField.BLOCKED_COUNT, blocked == 0 ? null : blocked)
        .done();
  }

  /** A time that the change sets, or else now if it has come. */
  private static @Nullable Object known(
      JobValues set, JobField field, boolean hasCome, Instant now) {
    Object time = set.get(field);
    return time == null && hasCome ? now : time;
  }

  /**
   * The job as it will be after a change that is under way, if nobody else changes it before.
   *
   * @param time about when
   */
  public static StoredJob expected(StoredJob stored, JobChange change, Instant time) {
    StoredJob next = of(JobHead.of(stored, 0), change, time).appliedTo(stored);
    if (next == null) {
      throw new IllegalStateException("a change does not fit the job that it was made for");
    }
    return next;
  }

  /** This change and another that followed it, as one. */
  public Applied then(Applied next) {
    return new Applied(
        before, next.after, change.and(next.change), values.then(next.values), next.now);
  }

  /** The job as it was. */
  public JobHead before() {
    return before;
  }

  /** The job as it is. */
  public JobHead after() {
    return after;
  }

  /** Whether anything of the job itself changes, not only when it is due. */
  public boolean touchesJob() {
    return change.touchesJob();
  }

  /** Whether the job was held and goes on. */
  public boolean resumes() {
    return before.heldIn() != null && after.status().isActive();
  }

  /** Whether the job had been blocked before and got past the point where it was. */
  public boolean passes() {
    return before.wasBlocked() && !after.wasBlocked();
  }

  private static boolean goesFurther(JobStatus status, JobStatus next, JobChange change) {
    boolean moves = next != status && (next.isActive() || next == JobStatus.FINISHED);
    return status.isActive() && (moves || change.values().get(JobField.ARCHIVED) != null);
  }

  /** The change that was made. */
  public JobChange change() {
    return change;
  }

  /** What it gives to a field; merged with what is stored by the rule of the field. */
  public @Nullable Object value(JobField field) {
    return values.get(field);
  }

  /** When it was made. */
  public Instant now() {
    return now;
  }

  /** What is to be told of the change; {@code null} if it wrote no history. */
  public @Nullable JobEvent event() {
    if (change.steps().isEmpty()) {
      return null;
    }
    List<HistoryEvent> steps = new ArrayList<>();
    long sequence = before.lastSequence();
    for (JobChange.Step step : change.steps()) {
      steps.add(step.event(++sequence, now));
    }
    JobOrigin origin = after.origin();
    return new JobEvent(
        after.uuid(),
        origin.tenantId(),
        origin.owner(),
        origin.appId(),
        origin.systemId(),
        before.status(),
        after.status(),
        steps,
        now,
        after.conditionCode());
  }

  /**
   * The whole job after the change.
   *
   * @param stored the job before it
   * @return {@code null} if the change was made to another version of the job, or to a job that is
   *     not as was expected of it
   */
  public @Nullable StoredJob appliedTo(StoredJob stored) {
    if (stored.version() != before.version() || stored.job().status() != before.status()) {
      return null;
    }
    if (!touchesJob()) {
      return stored;
    }
    StoredJob.Builder next = stored.toBuilder();
    for (JobField field : JobField.CHANGING) {
      Object given = values.get(field);
      if (given != null || field.rule() == MergeRule.REPLACE) {
        field.set(next, field.rule().merge(field.get(stored), given));
      }
    }
    return next.build();
  }
}
