package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.Times.utc;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.MergeRule;
import io.jobs4j.sdk.internal.sql.BulkInsert;
import io.jobs4j.sdk.internal.sql.BulkUpdate;
import io.jobs4j.sdk.internal.sql.Column;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
      JobField.CHANGING.stream().map(field -> JobRows.column(field, assignment(field))).toList();

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

  /** How a stored value and {@code %s} become one, as {@link MergeRule} does it. */
  private static String assignment(JobField field) {
    String rule =
        switch (field.rule()) {
          case NEVER -> throw new IllegalArgumentException(field + " never changes");
          case REPLACE -> "? = %s";
          case LAST -> "? = COALESCE(%s, ?)";
          case FIRST -> "? = COALESCE(?, %s)";
          case SUM -> "? = ? + %s";
          case EVER -> "? = ? OR %s";
        };
    return rule.replace("?", field.column());
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
    UPDATE_HELD.update(session, changes.stream().map(ChangeRows::guardedValues).toList(), guard);
  }

  /** Writes what follows from changes to other tables than that of the jobs. */
  void store(EngineSession session, List<Applied> applied) throws SQLException {
    List<@Nullable Object[]> events = new ArrayList<>();
    for (Applied change : applied) {
      addEvents(change, events);
      if (change.touchesJob()) {
        session.announcements().changed(change.after().uuid());
      }
    }
    EVENTS.insert(session, events);
    schedule(session, applied);
  }

  private static void addEvents(Applied change, List<@Nullable Object[]> events) {
    long sequence = change.before().lastSequence();
    for (JobChange.Step step : change.change().steps()) {
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
      progress == null ? null : JobTexts.encode(progress)
    };
  }

  /** What a change gives to the columns, the key last. */
  private static @Nullable Object[] values(Applied change) {
    return values(change, JobField.CHANGING.size() + 1);
  }

  /** What a change gives to the columns, then the version that the row must have, then the key. */
  private static @Nullable Object[] guardedValues(Applied change) {
    int columns = JobField.CHANGING.size();
    @Nullable Object[] values = values(change, columns + 2);
    values[columns] = change.before().version();
    return values;
  }

  private static @Nullable Object[] values(Applied change, int length) {
    @Nullable Object[] values = new @Nullable Object[length];
    int column = 0;
    for (JobField field : JobField.CHANGING) {
      Object given = change.value(field);
      values[column++] = given == null ? field.rule().nothing() : JobRows.parameter(field, given);
    }
    values[length - 1] = change.after().id();
    return values;
  }

  private void schedule(EngineSession session, List<Applied> applied) throws SQLException {
    List<Long> over = new ArrayList<>();
    Map<Long, @Nullable Object[]> rows = new LinkedHashMap<>();
    for (Applied change : applied) {
      JobHead after = change.after();
      JobChange made = change.change();
      if (after.status().isTerminal()) {
        over.add(after.id());
        rows.remove(after.id());
      } else if (made.due() != JobChange.Due.AS_BEFORE) {
        rows.put(after.id(), queueValues(after.id(), made));
        if (made.due() == JobChange.Due.READY) {
          session.announcements().ready();
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

  private @Nullable Object[] queueValues(long jobId, JobChange made) {
    return switch (made.due()) {
      case WATCHED -> new @Nullable Object[] {"W", engine.get(), utc(made.dueAt()), jobId};
      case READY -> new @Nullable Object[] {"R", null, null, jobId};
      case IDLE, AS_BEFORE -> new @Nullable Object[] {"I", null, utc(made.dueAt()), jobId};
    };
  }
}
