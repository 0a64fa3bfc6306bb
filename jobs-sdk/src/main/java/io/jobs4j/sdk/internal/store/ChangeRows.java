package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.JobRows.name;
import static io.jobs4j.sdk.internal.store.JobRows.utc;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.sql.BulkInsert;
import io.jobs4j.sdk.internal.sql.BulkUpdate;
import io.jobs4j.sdk.internal.sql.Column;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes of jobs, all those of a group together: a handful of statements for any number of
 * jobs. Used by the writer's thread alone.
 */
final class ChangeRows {
  /** In the order of {@link #values}. */
  private static final List<Column> ASSIGNMENTS =
      List.of(
          Column.smallNumber("version = %s"),
          Column.text("status = %s"),
          Column.text("held_in = %s"),
          Column.text("last_status_message = COALESCE(%s, last_status_message)"),
          Column.number("last_sequence = %s"),
          Column.time("last_updated = %s"),
          Column.time("created = COALESCE(created, %s)"),
          Column.time("ended = COALESCE(ended, %s)"),
          Column.text("work_path = COALESCE(%s, work_path)"),
          Column.flag("archived = archived OR %s"),
          Column.text("remote_job_id = COALESCE(%s, remote_job_id)"),
          Column.text("scheduler_job_id = COALESCE(%s, scheduler_job_id)"),
          Column.time("remote_submitted = COALESCE(remote_submitted, %s)"),
          Column.time("remote_started = COALESCE(remote_started, %s)"),
          Column.time("remote_ended = COALESCE(remote_ended, %s)"),
          Column.text("remote_outcome = COALESCE(%s, remote_outcome)"),
          Column.text("remote_end_message = COALESCE(%s, remote_end_message)"),
          Column.text("condition_code = COALESCE(%s, condition_code)"),
          Column.smallNumber("submit_retries = submit_retries + %s"),
          Column.smallNumber("remote_status_checks = remote_status_checks + %s"),
          Column.smallNumber("failed_status_checks = failed_status_checks + %s"),
          Column.time("last_status_check = COALESCE(%s, last_status_check)"),
          Column.smallNumber("blocked_count = blocked_count + %s"));

  private static final BulkUpdate UPDATE = new BulkUpdate("{job}", "id", ASSIGNMENTS);

  /** Only those that are of the version they are believed to be of. */
  private static final BulkUpdate UPDATE_HELD =
      new BulkUpdate("{job}", "id", ASSIGNMENTS, Column.smallNumber("version"));

  /** In the order of {@link #queueValues}. */
  private static final BulkUpdate SCHEDULE =
      new BulkUpdate(
          "{job_queue}",
          "job_id",
          List.of(
              Column.text("state = %s"), Column.text("engine = %s"), Column.time("due_at = %s")));

  private static final BulkInsert EVENTS =
      new BulkInsert(
          "{job_event}",
          List.of(
              Column.number("job_id"),
              Column.number("sequence"),
              Column.time("created"),
              Column.text("event"),
              Column.text("description"),
              Column.text("created_by"),
              Column.text("progress")));

  private final InstantSource clock;
  private final Supplier<String> engine;

  /**
   * Rows of an engine.
   *
   * @param engine gives its id
   */
  ChangeRows(InstantSource clock, Supplier<String> engine) {
    this.clock = clock;
    this.engine = engine;
  }

  /** Updates jobs that are locked, perhaps later. */
  void update(EngineSession session, Collection<Applied> changes) throws SQLException {
    UPDATE.update(session, changes.stream().map(ChangeRows::values).toList());
  }

  /**
   * Updates jobs that are of the version they are believed to be of, perhaps later.
   *
   * @param guard is told which were not
   */
  void updateHeld(EngineSession session, Collection<Applied> changes, BulkUpdate.Guard guard)
      throws SQLException {
    UPDATE_HELD.update(
        session,
        changes.stream().map(change -> values(change, change.before().version())).toList(),
        guard);
  }

  /** Writes what follows from changes to other tables than that of the jobs. */
  void store(EngineSession session, List<Applied> applied) throws SQLException {
    List<@Nullable Object[]> events = new ArrayList<>();
    for (Applied change : applied) {
      addEvents(change, events);
      if (change.touchesJob()) {
        session.news().changed(change.after().uuid());
      }
    }
    EVENTS.insert(session, events);
    schedule(session, applied);
  }

  private static void addEvents(Applied change, List<@Nullable Object[]> events) {
    long sequence = change.before().lastSequence();
    for (JobChange.Step step : change.fields().steps) {
      events.add(event(change.before().id(), ++sequence, change.now(), step));
    }
  }

  private static @Nullable Object[] event(
      long jobId, long sequence, Instant created, JobChange.Step step) {
    TransferProgress progress = step.progress();
    return new @Nullable Object[] {
      jobId,
      sequence,
      utc(created),
      JobEventName.of(step.status()).name(),
      step.message(),
      step.createdBy(),
      progress == null ? null : JobMapping.encode(progress)
    };
  }

  private static @Nullable Object[] values(Applied change) {
    JobHead after = change.after();
    JobChange.Fields fields = change.fields();
    return new @Nullable Object[] {
      after.version(),
      after.status().name(),
      name(after.heldIn()),
      change.message(),
      after.lastSequence(),
      utc(change.now()),
      utc(change.created()),
      utc(change.ended()),
      fields.workPath,
      fields.archived,
      fields.remoteJobId,
      fields.schedulerJobId,
      utc(change.remoteSubmitted()),
      utc(change.remoteStarted()),
      utc(change.remoteEnded()),
      name(fields.remoteOutcome),
      fields.remoteEndMessage,
      name(fields.conditionCode),
      fields.submitAttempts,
      fields.statusChecks,
      fields.failedStatusChecks,
      utc(fields.lastStatusCheck),
      change.blocked(),
      after.id()
    };
  }

  /** As the other, with the version that the row must have before its key. */
  private static @Nullable Object[] values(Applied change, int version) {
    @Nullable Object[] values = values(change);
    int key = values.length - 1;
    @Nullable Object[] guarded = Arrays.copyOf(values, key + 2);
    guarded[key] = version;
    guarded[key + 1] = values[key];
    return guarded;
  }

  private void schedule(EngineSession session, List<Applied> applied) throws SQLException {
    List<Long> over = new ArrayList<>();
    Map<Long, @Nullable Object[]> rows = new LinkedHashMap<>();
    for (Applied change : applied) {
      JobHead after = change.after();
      JobChange.Fields fields = change.fields();
      if (after.status().isTerminal()) {
        over.add(after.id());
        rows.remove(after.id());
      } else if (fields.due != JobChange.Due.AS_BEFORE) {
        rows.put(after.id(), queueValues(after.id(), fields));
        if (fields.due == JobChange.Due.READY) {
          session.news().ready();
        }
      }
    }
    SCHEDULE.update(session, List.copyOf(rows.values()));
    if (!over.isEmpty()) {
      session.later(
          "DELETE FROM {job_queue} WHERE job_id = ANY(?)", List.of(session.numbers(over)));
    }
    RecoveryChanges.store(session, applied, over, clock.instant());
  }

  private @Nullable Object[] queueValues(long jobId, JobChange.Fields fields) {
    return switch (fields.due) {
      case WATCHED -> new @Nullable Object[] {"W", engine.get(), utc(fields.dueAt), jobId};
      case READY -> new @Nullable Object[] {"R", null, null, jobId};
      case IDLE, AS_BEFORE -> new @Nullable Object[] {"I", null, utc(fields.dueAt), jobId};
    };
  }
}
