package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.JobRecord;
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
  private final JobChange.Fields fields;
  private final Instant now;
  private final Set<JobStatus> entered;
  private final int blocked;

  private Applied(
      JobHead before,
      JobHead after,
      JobChange.Fields fields,
      Instant now,
      Set<JobStatus> entered,
      int blocked) {
    this.before = before;
    this.after = after;
    this.fields = fields;
    this.now = now;
    this.entered = entered;
    this.blocked = blocked;
  }

  /**
   * Makes a change of a stored job.
   *
   * @param time when; entries of a history never go back in time, whatever clocks do
   * @throws io.jobs4j.core.lifecycle.IllegalTransitionException if it is not in the table
   */
  public static Applied of(JobHead head, JobChange change, Instant time) {
    JobChange.Fields fields = change.fields();
    Instant now = time.isBefore(head.lastUpdated()) ? head.lastUpdated() : time;
    JobStatus status = head.status();
    JobStatus heldIn = head.heldIn();
    Set<JobStatus> entered = EnumSet.noneOf(JobStatus.class);
    int blocked = 0;
    for (JobChange.Step step : fields.steps) {
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
    boolean touches = fields.touchJob();
    JobHead after =
        new JobHead(
            head.id(),
            head.uuid(),
            status,
            heldIn,
            head.version() + (touches ? 1 : 0),
            head.lastSequence() + fields.steps.size(),
            touches ? now : head.lastUpdated(),
            head.cancelRequestedBy(),
            head.pauseRequestedBy(),
            head.fence(),
            orNull(fields.conditionCode, head.conditionCode()),
            blocked > 0 || (head.wasBlocked() && !goesFurther(head.status(), status, fields)),
            head.origin());
    return new Applied(head, after, fields, now, entered, blocked);
  }

  /**
   * The job as it will be after a change that is under way, if nobody else changes it before.
   *
   * @param time about when
   */
  public static StoredJob expected(StoredJob stored, JobChange change, Instant time) {
    JobRecord job = stored.job();
    JobHead head =
        new JobHead(
            job.id(),
            job.uuid(),
            job.status(),
            stored.heldIn(),
            stored.version(),
            0,
            job.lastUpdated(),
            stored.cancelRequestedBy(),
            stored.pauseRequestedBy(),
            0,
            job.conditionCode(),
            job.blockedCount() > 0,
            new JobOrigin(job.tenantId(), job.owner(), job.appId(), job.systemId()));
    StoredJob next = of(head, change, time).appliedTo(stored);
    if (next == null) {
      throw new IllegalStateException("a change does not fit the job that it was made for");
    }
    return next;
  }

  /** This change and another that followed it, as one. */
  public Applied then(Applied next) {
    JobChange.Fields both = new JobChange.Fields(fields);
    both.add(next.fields);
    Set<JobStatus> all = EnumSet.noneOf(JobStatus.class);
    all.addAll(entered);
    all.addAll(next.entered);
    return new Applied(before, next.after, both, next.now, all, blocked + next.blocked);
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
    return fields.touchJob();
  }

  /** Whether the job was held and goes on. */
  public boolean resumes() {
    return before.heldIn() != null && after.status().isActive();
  }

  /** Whether the job had been blocked before and got past the point where it was. */
  public boolean passes() {
    return before.wasBlocked() && !after.wasBlocked();
  }

  private static boolean goesFurther(JobStatus status, JobStatus next, JobChange.Fields fields) {
    boolean moves = next != status && (next.isActive() || next == JobStatus.FINISHED);
    return status.isActive() && (moves || fields.archived);
  }

  public JobChange.Fields fields() {
    return fields;
  }

  public Instant now() {
    return now;
  }

  public int blocked() {
    return blocked;
  }

  public @Nullable String message() {
    List<JobChange.Step> steps = fields.steps;
    return steps.isEmpty() ? null : steps.get(steps.size() - 1).message();
  }

  // Times that the change gives if none is stored yet.

  public @Nullable Instant created() {
    return after.status().isVisible() ? now : null;
  }

  public @Nullable Instant ended() {
    return after.status().isTerminal() ? now : null;
  }

  public @Nullable Instant remoteSubmitted() {
    return entered.contains(JobStatus.QUEUED) || entered.contains(JobStatus.RUNNING) ? now : null;
  }

  public @Nullable Instant remoteStarted() {
    return firstOf(fields.remoteStarted, JobStatus.RUNNING);
  }

  public @Nullable Instant remoteEnded() {
    return firstOf(fields.remoteEnded, JobStatus.CLEANING_UP);
  }

  private @Nullable Instant firstOf(@Nullable Instant known, JobStatus status) {
    return known == null && entered.contains(status) ? now : known;
  }

  /** What is to be told of the change; {@code null} if it wrote no history. */
  public @Nullable JobEvent event() {
    if (fields.steps.isEmpty()) {
      return null;
    }
    List<HistoryEvent> steps = new ArrayList<>();
    long sequence = before.lastSequence();
    for (JobChange.Step step : fields.steps) {
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
    JobRecord job = stored.job();
    if (!touchesJob()) {
      return stored;
    }
    JobRecord.Builder next =
        job.toBuilder()
            .status(after.status())
            .lastStatusMessage(or(message(), job.lastStatusMessage()))
            .lastUpdated(now)
            .created(orNull(job.created(), created()))
            .ended(orNull(job.ended(), ended()))
            .workPath(orNull(fields.workPath, job.workPath()))
            .remoteJobId(orNull(fields.remoteJobId, job.remoteJobId()))
            .schedulerJobId(orNull(fields.schedulerJobId, job.schedulerJobId()))
            .remoteSubmitted(orNull(job.remoteSubmitted(), remoteSubmitted()))
            .remoteStarted(orNull(job.remoteStarted(), remoteStarted()))
            .remoteEnded(orNull(job.remoteEnded(), remoteEnded()))
            .remoteOutcome(orNull(fields.remoteOutcome, job.remoteOutcome()))
            .conditionCode(orNull(fields.conditionCode, job.conditionCode()))
            .submitRetries(job.submitRetries() + fields.submitAttempts)
            .remoteStatusChecks(job.remoteStatusChecks() + fields.statusChecks)
            .failedStatusChecks(job.failedStatusChecks() + fields.failedStatusChecks)
            .lastStatusCheck(orNull(fields.lastStatusCheck, job.lastStatusCheck()))
            .blockedCount(job.blockedCount() + blocked);
    return new StoredJob(
        next.build(),
        after.version(),
        after.heldIn(),
        after.cancelRequestedBy(),
        after.pauseRequestedBy(),
        stored.archived() || fields.archived,
        orNull(fields.remoteEndMessage, stored.remoteEndMessage()));
  }

  private static <T> T or(@Nullable T first, T second) {
    return first == null ? second : first;
  }

  private static <T> @Nullable T orNull(@Nullable T first, @Nullable T second) {
    return first == null ? second : first;
  }
}
