package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * The jobs in the database. Safe for use by several threads. Methods throw {@link StoreException}
 * when the database fails.
 */
public final class JobStore implements AutoCloseable {
  private static final String HEAD =
      """
      SELECT id, uuid, status, held_in, version, last_sequence, cancel_requested_by
      FROM job WHERE uuid = :uuid FOR UPDATE""";

  private static final String UPDATE =
      """
      UPDATE job SET
        version = version + 1, status = :status, held_in = :heldIn,
        last_status_message = COALESCE(:message, last_status_message),
        last_sequence = :lastSequence, last_updated = :now,
        created = COALESCE(created, :created), ended = COALESCE(ended, :ended),
        work_path = COALESCE(:workPath, work_path), archived = archived OR :archived,
        remote_job_id = COALESCE(:remoteJobId, remote_job_id),
        scheduler_job_id = COALESCE(:schedulerJobId, scheduler_job_id),
        remote_submitted = COALESCE(remote_submitted, :remoteSubmitted),
        remote_started = COALESCE(remote_started, :remoteStarted),
        remote_ended = COALESCE(remote_ended, :remoteEnded),
        remote_outcome = COALESCE(:remoteOutcome, remote_outcome),
        remote_end_message = COALESCE(:remoteEndMessage, remote_end_message),
        condition_code = COALESCE(:conditionCode, condition_code),
        submit_retries = submit_retries + :submitAttempts,
        remote_status_checks = remote_status_checks + :statusChecks,
        failed_status_checks = failed_status_checks + :failedStatusChecks,
        last_status_check = COALESCE(:lastStatusCheck, last_status_check),
        blocked_count = blocked_count + :blocked
      WHERE id = :id AND version = :version""";

  private static final String INSERT_EVENT =
      """
      INSERT INTO job_event (job_id, sequence, created, event, description, created_by, progress)
      VALUES (:jobId, :sequence, :created, :event, :description, :createdBy, :progress)""";

  private final Database database;
  private final StoreWriter writer;
  private final Clock clock;
  private final Consumer<String> afterCommit;

  /**
   * A store on an open database, which it closes.
   *
   * @param afterCommit is told the UUID of each job that has changed, once the change is durable,
   *     by the thread that made it
   */
  public JobStore(Database database, Clock clock, Consumer<String> afterCommit) {
    this.database = database;
    this.writer = new StoreWriter(database);
    this.clock = clock;
    this.afterCommit = afterCommit;
  }

  /**
   * Stores a new job, due at once.
   *
   * @param job its sequence number does not count
   * @param request what the user asked for, as JSON
   * @return its sequence number
   */
  public long insert(JobRecord job, String request) {
    long id =
        writer.write(
            handle -> {
              long jobId =
                  JobRows.bind(handle.createUpdate(JobRows.INSERT), job)
                      .bind("lastSequence", 1)
                      .executeAndReturnGeneratedKeys("id")
                      .mapTo(Long.class)
                      .one();
              handle.execute(
                  """
                  INSERT INTO job_payload (job_id, request, inputs, parameters)
                  VALUES (?, ?, ?, ?)""",
                  jobId,
                  request,
                  job.inputs(),
                  job.parameters());
              handle.execute(
                  "INSERT INTO job_queue (job_id, tenant_queue, due_at) VALUES (?, ?, ?)",
                  jobId,
                  job.tenantQueue(),
                  job.accepted());
              PreparedBatch events = handle.prepareBatch(INSERT_EVENT);
              addEvent(
                  events,
                  jobId,
                  1,
                  job.accepted(),
                  new JobChange.Step(job.status(), job.lastStatusMessage(), null, null));
              events.execute();
              return jobId;
            });
    afterCommit.accept(job.uuid());
    return id;
  }

  /**
   * Changes a job. The decision is made within the transaction on what is stored then, and may be
   * made more than once.
   *
   * @return the job as it is after the change
   * @throws io.jobs4j.core.lifecycle.IllegalTransitionException if the change is not in the table;
   *     then nothing is changed
   */
  public JobHead change(String uuid, Function<JobHead, JobChange> decision) {
    JobHead head = writer.write(handle -> apply(handle, uuid, decision));
    afterCommit.accept(uuid);
    return head;
  }

  /** As {@link #change}, without waiting for it. */
  public CompletableFuture<JobHead> changeLater(
      String uuid, Function<JobHead, JobChange> decision) {
    return writer
        .submit(handle -> apply(handle, uuid, decision))
        .whenComplete(
            (head, error) -> {
              if (error == null) {
                afterCommit.accept(uuid);
              }
            });
  }

  /**
   * Notes who wants a job cancelled and makes it due. Asking again changes nothing.
   *
   * @return the state it was in; the request counts only if that is not terminal
   */
  public JobStatus requestCancel(String uuid, String user) {
    return writer.write(
        handle -> {
          JobHead head = head(handle, uuid);
          if (!head.status().isTerminal() && head.cancelRequestedBy() == null) {
            handle.execute("UPDATE job SET cancel_requested_by = ? WHERE id = ?", user, head.id());
            handle.execute("UPDATE job_queue SET due_at = ? WHERE job_id = ?", now(), head.id());
          }
          return head.status();
        });
  }

  /** Shows or hides a job; returns whether that was news. */
  public boolean setVisible(String uuid, boolean visible) {
    return writer.write(
        handle ->
            handle.execute(
                    "UPDATE job SET visible = ?, last_updated = ? WHERE uuid = ? AND visible <> ?",
                    visible,
                    now(),
                    uuid,
                    visible)
                > 0);
  }

  /** A job of a tenant, unless it is {@code ACCEPTED} still. */
  public Optional<StoredJob> find(String tenantId, String uuid) {
    return read(
        handle ->
            handle
                .createQuery(
                    JobRows.SELECT
                        + "WHERE j.uuid = :uuid AND j.tenant_id = :tenant AND j.status <> 'ACCEPTED'")
                .bind("uuid", uuid)
                .bind("tenant", tenantId)
                .map((row, context) -> JobRows.stored(row))
                .findOne());
  }

  /** Any job, in whatever state. */
  public Optional<StoredJob> load(String uuid) {
    return read(
        handle ->
            handle
                .createQuery(JobRows.SELECT + "WHERE j.uuid = :uuid")
                .bind("uuid", uuid)
                .map((row, context) -> JobRows.stored(row))
                .findOne());
  }

  /** The jobs of an owner. */
  public List<JobRecord> list(String tenantId, String owner, JobFilter filter) {
    Set<JobStatus> statuses =
        filter.statuses().isEmpty()
            ? EnumSet.complementOf(EnumSet.of(JobStatus.ACCEPTED))
            : filter.statuses();
    return read(
        handle ->
            handle
                .createQuery(
                    JobRows.SELECT
                        + "WHERE j.tenant_id = :tenant AND j.owner = :owner"
                        + " AND j.status IN (<statuses>) AND j.status <> 'ACCEPTED'"
                        + (filter.hidden() ? "" : " AND j.visible")
                        + " ORDER BY j.id "
                        + (filter.ascending() ? "ASC" : "DESC")
                        + " LIMIT :limit OFFSET :offset")
                .bindList("statuses", statuses.stream().map(Enum::name).toList())
                .bind("tenant", tenantId)
                .bind("owner", owner)
                .bind("limit", filter.limit())
                .bind("offset", filter.offset())
                .map((row, context) -> JobRows.record(row))
                .list());
  }

  /** History entries of a job after a sequence number, in order. */
  public List<HistoryEvent> history(long jobId, long afterSequence, int limit) {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT sequence, created, event, description, created_by, progress
                    FROM job_event WHERE job_id = :id AND sequence > :after
                    ORDER BY sequence LIMIT :limit""")
                .bind("id", jobId)
                .bind("after", afterSequence)
                .bind("limit", limit)
                .map(
                    (row, context) ->
                        new HistoryEvent(
                            row.getLong("sequence"),
                            JobRows.time(row, "created"),
                            JobEventName.valueOf(row.getString("event")),
                            row.getString("description"),
                            row.getString("created_by"),
                            progress(row.getString("progress"))))
                .list());
  }

  /** What the user asked for, as JSON. */
  public String request(long jobId) {
    return read(
        handle ->
            handle
                .createQuery("SELECT request FROM job_payload WHERE job_id = :id")
                .bind("id", jobId)
                .mapTo(String.class)
                .one());
  }

  /** The jobs that are due, those that have waited longest first. */
  public List<DueJob> due(int limit) {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT q.job_id, j.uuid FROM job_queue q JOIN job j ON j.id = q.job_id
                    WHERE q.due_at <= :now ORDER BY q.due_at, q.job_id LIMIT :limit""")
                .bind("now", now())
                .bind("limit", limit)
                .map((row, context) -> new DueJob(row.getLong(1), row.getString(2)))
                .list());
  }

  /** When the next job becomes due after {@code after}; empty if none will by itself. */
  public Optional<Instant> nextDue(Instant after) {
    return read(
        handle ->
            handle
                .createQuery(
                    "SELECT due_at FROM job_queue WHERE due_at > :after ORDER BY due_at LIMIT 1")
                .bind("after", after)
                .mapTo(Instant.class)
                .findOne());
  }

  /** The jobs in the hands of schedulers. */
  public List<StoredJob> executing() {
    return read(
        handle ->
            handle
                .createQuery(
                    JobRows.SELECT
                        + """
                        JOIN job_queue q ON q.job_id = j.id
                        WHERE j.status IN ('QUEUED', 'RUNNING') ORDER BY j.id""")
                .map((row, context) -> JobRows.stored(row))
                .list());
  }

  /** The time as the store keeps it. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Finishes the changes under way and closes the database. */
  @Override
  public void close() {
    writer.close();
    database.close();
  }

  private JobHead apply(Handle handle, String uuid, Function<JobHead, JobChange> decision) {
    JobHead head = head(handle, uuid);
    JobChange.Fields fields = decision.apply(head).fields();
    Instant now = now();
    if (!fields.touchJob()) {
      schedule(handle, head, fields, head.status(), now);
      return head;
    }
    JobStatus status = head.status();
    JobStatus heldIn = head.heldIn();
    long sequence = head.lastSequence();
    Set<JobStatus> entered = EnumSet.noneOf(JobStatus.class);
    int blocked = 0;
    PreparedBatch events = handle.prepareBatch(INSERT_EVENT);
    for (JobChange.Step step : fields.steps) {
      JobTransitions.check(uuid, status, step.status(), heldIn);
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
      addEvent(events, head.id(), ++sequence, now, step);
    }
    int updated =
        handle
            .createUpdate(UPDATE)
            .bind("id", head.id())
            .bind("version", head.version())
            .bind("status", status)
            .bind("heldIn", heldIn)
            .bind("message", lastMessage(fields.steps))
            .bind("lastSequence", sequence)
            .bind("now", now)
            .bind("created", status.isVisible() ? now : null)
            .bind("ended", status.isTerminal() ? now : null)
            .bind("workPath", fields.workPath)
            .bind("archived", fields.archived)
            .bind("remoteJobId", fields.remoteJobId)
            .bind("schedulerJobId", fields.schedulerJobId)
            .bind("remoteSubmitted", submits(entered) ? now : null)
            .bind("remoteStarted", firstOf(fields.remoteStarted, entered, JobStatus.RUNNING, now))
            .bind("remoteEnded", firstOf(fields.remoteEnded, entered, JobStatus.CLEANING_UP, now))
            .bind("remoteOutcome", fields.remoteOutcome)
            .bind("remoteEndMessage", fields.remoteEndMessage)
            .bind("conditionCode", fields.conditionCode)
            .bind("submitAttempts", fields.submitAttempts)
            .bind("statusChecks", fields.statusChecks)
            .bind("failedStatusChecks", fields.failedStatusChecks)
            .bind("lastStatusCheck", fields.lastStatusCheck)
            .bind("blocked", blocked)
            .execute();
    if (updated != 1) {
      throw new StoreException("Job " + uuid + " was changed by someone else at the same time.");
    }
    if (events.size() > 0) {
      events.execute();
    }
    schedule(handle, head, fields, status, now);
    return new JobHead(
        head.id(), uuid, status, heldIn, head.version() + 1, sequence, head.cancelRequestedBy());
  }

  private static void schedule(
      Handle handle, JobHead head, JobChange.Fields fields, JobStatus status, Instant now) {
    if (status.isTerminal()) {
      handle.execute("DELETE FROM job_queue WHERE job_id = ?", head.id());
    } else if (fields.due != JobChange.Due.AS_BEFORE) {
      handle.execute(
          "UPDATE job_queue SET due_at = ? WHERE job_id = ?",
          fields.due == JobChange.Due.NOW ? now : fields.dueAt,
          head.id());
    }
  }

  private static boolean submits(Set<JobStatus> entered) {
    return entered.contains(JobStatus.QUEUED) || entered.contains(JobStatus.RUNNING);
  }

  private static @Nullable Instant firstOf(
      @Nullable Instant known, Set<JobStatus> entered, JobStatus status, Instant now) {
    return known == null && entered.contains(status) ? now : known;
  }

  private static @Nullable String lastMessage(List<JobChange.Step> steps) {
    return steps.isEmpty() ? null : steps.get(steps.size() - 1).message();
  }

  private static JobHead head(Handle handle, String uuid) {
    return handle
        .createQuery(HEAD)
        .bind("uuid", uuid)
        .map((row, context) -> JobRows.head(row))
        .findOne()
        .orElseThrow(() -> new StoreException("Job " + uuid + " is not in the database."));
  }

  private static void addEvent(
      PreparedBatch events, long jobId, long sequence, Instant created, JobChange.Step step) {
    TransferProgress progress = step.progress();
    events
        .bind("jobId", jobId)
        .bind("sequence", sequence)
        .bind("created", created)
        .bind("event", JobEventName.of(step.status()))
        .bind("description", step.message())
        .bind("createdBy", step.createdBy())
        .bind("progress", progress == null ? null : JobMapping.encode(progress))
        .add();
  }

  private static @Nullable TransferProgress progress(@Nullable String json) {
    return json == null ? null : JobMapping.decodeProgress(json);
  }

  private <T> T read(HandleCallback<T, RuntimeException> query) {
    try {
      return database.jdbi().withHandle(query);
    } catch (JdbiException e) {
      throw new StoreException("The database could not be read.", e);
    }
  }
}
