package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.BulkInsert;
import io.jobs4j.sdk.internal.sql.Column;
import io.jobs4j.sdk.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Inserts new jobs: rows of four tables for each. Where a database unnests arrays, one statement
 * numbers the jobs and fills all tables, so that it is asked once for any number of jobs.
 */
final class NewJobs {
  /** The number is given apart. */
  private static final List<JobField> JOB_FIELDS =
      JobField.in(JobField.Place.JOB).stream().filter(field -> field != JobField.ID).toList();

  private static final List<JobField> PAYLOAD_FIELDS = JobField.in(JobField.Place.PAYLOAD);

  /** What the queue's row has of the job's. */
  private static final List<JobField> COPIED_FIELDS =
      List.of(
          JobField.TENANT_QUEUE,
          JobField.TENANT_ID,
          JobField.OWNER,
          JobField.SYSTEM_ID,
          JobField.APP_ID,
          JobField.REMOTE_QUEUE);

  private static final List<Column> JOB = JobRows.columns(JOB_FIELDS);
  private static final List<Column> COPIED = JobRows.columns(COPIED_FIELDS);

  private static final List<Column> PAYLOAD =
      joined(List.of(Column.text("request")), JobRows.columns(PAYLOAD_FIELDS));

  /** What the queue's row has and the job's has not. */
  private static final List<Column> PLACE =
      List.of(
          Column.text("worker_pool"),
          Column.number("place"),
          Column.text("state"),
          Column.text("engine"),
          Column.number("fence"));

  private static final List<Column> EVENT = List.of(Column.text("event"));

  private static final List<Column> ALL = joined(joined(JOB, PAYLOAD), joined(PLACE, EVENT));

  private static final String FROM_ARRAYS =
      """
      WITH given AS MATERIALIZED (
        SELECT nextval('{job_number}') AS id, new_job.* FROM %s AS new_job (%s)),
      job_rows AS (INSERT INTO {job} (id, %3$s) SELECT id, %3$s FROM given),
      payload_rows AS (INSERT INTO {job_payload} (job_id, %4$s) SELECT id, %4$s FROM given),
      queue_rows AS (INSERT INTO {job_queue} (job_id, %5$s) SELECT id, %5$s FROM given),
      event_rows AS (
        INSERT INTO {job_event} (job_id, sequence, created, event, description)
        SELECT id, 1, accepted, event, last_status_message FROM given)
      SELECT id FROM given"""
          .formatted(
              BulkInsert.unnested(ALL),
              names(ALL),
              names(JOB),
              names(PAYLOAD),
              names(joined(COPIED, PLACE)));

  private static final BulkInsert JOBS =
      new BulkInsert("{job}", joined(List.of(Column.number("id")), JOB));

  private static final BulkInsert PAYLOADS =
      new BulkInsert("{job_payload}", joined(List.of(Column.number("job_id")), PAYLOAD));

  private static final BulkInsert QUEUE =
      new BulkInsert(
          "{job_queue}", joined(List.of(Column.number("job_id")), joined(COPIED, PLACE)));

  private static final BulkInsert EVENTS =
      new BulkInsert(
          "{job_event}",
          List.of(
              Column.number("job_id"),
              Column.number("sequence"),
              Column.time("created"),
              Column.text("event"),
              Column.text("description")));

  private final Dialect dialect;

  NewJobs(Dialect dialect) {
    this.dialect = dialect;
  }

  /**
   * A new job.
   *
   * @param request what the user asked for, as JSON
   * @param workerPool whose workers serve it
   * @param place its place there
   * @param engine whose worker has it; {@code null} if it is ready for any
   */
  record NewJob(Job job, String request, String workerPool, long place, @Nullable String engine) {}

  /**
   * Inserts jobs, perhaps {@link EngineSession#later later}.
   *
   * @param numbered is told their numbers, in the same order
   */
  void insert(EngineSession session, List<NewJob> jobs, Consumer<List<Long>> numbered)
      throws SQLException {
    if (session.unnests()) {
      fromArrays(session, jobs, numbered);
    } else {
      numbered.accept(fromValues(session, jobs));
    }
  }

  private static void fromArrays(
      EngineSession session, List<NewJob> jobs, Consumer<List<Long>> numbered) throws SQLException {
    List<@Nullable Object[]> rows = jobs.stream().map(NewJobs::row).toList();
    session.later(
        FROM_ARRAYS,
        session.arrays(ALL, rows),
        (ids, count) -> numbered.accept(ids == null ? List.of() : numbers(ids)));
  }

  private List<Long> fromValues(EngineSession session, List<NewJob> jobs) throws SQLException {
    PreparedStatement statement = session.statement(dialect.nextJobNumbers());
    statement.setInt(1, jobs.size());
    List<Long> ids;
    try (ResultSet rows = statement.executeQuery()) {
      ids = numbers(rows);
    }
    List<@Nullable Object[]> jobRows = new ArrayList<>(jobs.size());
    List<@Nullable Object[]> payloads = new ArrayList<>(jobs.size());
    List<@Nullable Object[]> queue = new ArrayList<>(jobs.size());
    List<@Nullable Object[]> events = new ArrayList<>(jobs.size());
    for (int i = 0; i < jobs.size(); i++) {
      NewJob given = jobs.get(i);
      Job record = given.job();
      StoredJob job = StoredJob.ofNew(0, record);
      @Nullable Object[] id = {ids.get(i)};
      jobRows.add(values(id, JobRows.parameters(job, JOB_FIELDS)));
      payloads.add(values(id, payload(given, job)));
      queue.add(values(id, JobRows.parameters(job, COPIED_FIELDS), place(given)));
      events.add(
          values(
              id,
              new @Nullable Object[] {1L, Times.utc(record.accepted())},
              event(given),
              new Object[] {record.lastStatusMessage()}));
    }
    JOBS.insert(session, jobRows);
    PAYLOADS.insert(session, payloads);
    QUEUE.insert(session, queue);
    EVENTS.insert(session, events);
    return ids;
  }

  private static List<Long> numbers(ResultSet rows) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    while (rows.next()) {
      numbers.add(rows.getLong(1));
    }
    return numbers;
  }

  private static @Nullable Object[] row(NewJob given) {
    StoredJob job = StoredJob.ofNew(0, given.job());
    return values(
        JobRows.parameters(job, JOB_FIELDS), payload(given, job), place(given), event(given));
  }

  private static @Nullable Object[] payload(NewJob given, StoredJob job) {
    return values(new Object[] {given.request()}, JobRows.parameters(job, PAYLOAD_FIELDS));
  }

  private static @Nullable Object[] place(NewJob given) {
    boolean leased = given.engine() != null;
    return new @Nullable Object[] {
      given.workerPool(), given.place(), leased ? "L" : "R", given.engine(), leased ? 1L : 0L
    };
  }

  private static @Nullable Object[] event(NewJob given) {
    return new @Nullable Object[] {JobEventName.of(given.job().status()).name()};
  }

  private static @Nullable Object[] values(@Nullable Object[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray();
  }

  private static List<Column> joined(List<Column> first, List<Column> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  private static String names(List<Column> columns) {
    return columns.stream().map(Column::name).collect(Collectors.joining(", "));
  }
}
