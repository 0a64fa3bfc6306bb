package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The jobs in the database. Safe for use by several threads. Methods throw {@link StoreException}
 * when the database fails.
 */
public final class JobStore implements AutoCloseable {
  private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("1970-01-01T00:00:00Z");
  private static final int TIMERS_AT_ONCE = 1000;

  private final Database database;
  private final Membership membership;
  private final StoreWriter writer;
  private final Clock clock;
  private final Consumer<String> afterCommit;
  private final Object timeLock = new Object();

  /** What the clock said last; guarded by {@code timeLock}. */
  private Instant lastRead;

  /** The time at that; guarded by {@code timeLock}. */
  private Instant kept;

  /**
   * A store on an open database, which it closes.
   *
   * @param afterCommit is told the UUID of each job that has changed, once the change is durable;
   *     it must not block
   */
  public JobStore(Database database, Clock clock, Consumer<String> afterCommit) {
    this(database, StoreSettings.DEFAULT, clock, afterCommit, () -> {});
  }

  /**
   * A store on an open database, which it closes.
   *
   * @param afterCommit is told the UUID of each job that has changed, once the change is durable;
   *     it must not block
   * @param onLost is told when all leases were lost; it must not block
   */
  public JobStore(
      Database database,
      StoreSettings settings,
      Clock clock,
      Consumer<String> afterCommit,
      Runnable onLost) {
    this.database = database;
    this.clock = clock;
    this.lastRead = clock.instant();
    this.kept = lastRead;
    this.afterCommit = afterCommit;
    database.limitWait(settings.patience());
    this.membership = new Membership(database.dialect(), settings.node(), settings.lease());
    try {
      this.writer =
          new StoreWriter(
              database,
              membership,
              new JobTables(database.dialect(), this::now, membership::id),
              settings.patience(),
              onLost);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /**
   * Stores a new job that is ready for any worker.
   *
   * @param job its sequence number does not count
   * @param request what the user asked for, as JSON
   * @return its sequence number
   */
  public long insert(JobRecord job, String request) {
    return StoreWriter.result(insertLater(job, request, "", false)).jobId();
  }

  /**
   * Stores a new job.
   *
   * @param job its sequence number does not count
   * @param request what the user asked for, as JSON
   * @param lane which workers serve it
   * @param leased whether this engine wants to work on it at once
   * @return completes when the job is durable; with fence 0 if this engine does not have it
   */
  public CompletableFuture<Lease> insertLater(
      JobRecord job, String request, String lane, boolean leased) {
    return telling(job.uuid(), writer.submit(new JobTables.Insertion(job, request, lane, leased)));
  }

  /**
   * Changes a job, whoever has it. The decision is made within the transaction on what is stored
   * then, and may be made more than once.
   *
   * @return the job as it is after the change
   * @throws io.jobs4j.core.lifecycle.IllegalTransitionException if the change is not in the table;
   *     then nothing is changed
   */
  public JobHead change(String uuid, Function<JobHead, JobChange> decision) {
    return StoreWriter.result(changeLater(uuid, decision));
  }

  /** As {@link #change}, without waiting for it. */
  public CompletableFuture<JobHead> changeLater(
      String uuid, Function<JobHead, JobChange> decision) {
    return telling(uuid, writer.submit(new JobTables.Transition(uuid, null, decision::apply)))
        .thenApply(Applied::after);
  }

  /**
   * Changes a job that this engine has. The decision is made within the transaction on what is
   * stored then, and may be made more than once.
   *
   * @return completes when the change is durable; with a {@link LeaseLostException} if the job is
   *     someone else's by then
   */
  public CompletableFuture<Applied> changeLater(
      Lease lease, Function<JobHead, JobChange> decision) {
    return telling(
        lease.uuid(),
        writer.submit(new JobTables.Transition(lease.uuid(), lease, decision::apply)));
  }

  /** Waits for a change. */
  public static <T> T result(CompletableFuture<T> change) {
    return StoreWriter.result(change);
  }

  private <T> CompletableFuture<T> telling(String uuid, CompletableFuture<T> change) {
    return change.whenComplete(
        (result, error) -> {
          if (error == null) {
            afterCommit.accept(uuid);
          }
        });
  }

  /**
   * Notes who wants a job cancelled and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in; the request counts only if that is not terminal
   */
  public JobStatus requestCancel(String uuid, String user) {
    return writer.write(
        session -> {
          Requested job = lock(session, uuid);
          if (!job.status().isTerminal() && job.cancelledBy() == null) {
            request(session, job, "cancel_requested_by = ?", user);
          }
          return job.status();
        });
  }

  /**
   * Notes who wants a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in; the request counts only if that is not terminal
   */
  public JobStatus requestPause(String uuid, String user) {
    return writer.write(
        session -> {
          Requested job = lock(session, uuid);
          if (!job.status().isTerminal() && job.pausedBy() == null) {
            request(session, job, "pause_requested_by = ?", user);
          }
          return job.status();
        });
  }

  /**
   * Takes back the wish to have a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in; the request counts only if that is not terminal
   */
  public JobStatus requestResume(String uuid) {
    return writer.write(
        session -> {
          Requested job = lock(session, uuid);
          if (!job.status().isTerminal() && job.pausedBy() != null) {
            request(session, job, "pause_requested_by = ?", null);
          }
          return job.status();
        });
  }

  private record Requested(
      long id, JobStatus status, @Nullable String cancelledBy, @Nullable String pausedBy) {}

  private static Requested lock(Session session, String uuid) {
    return session
        .handle()
        .createQuery(
            """
            SELECT id, status, cancel_requested_by, pause_requested_by
            FROM job WHERE uuid = :uuid FOR UPDATE""")
        .bind("uuid", uuid)
        .map(
            (row, context) ->
                new Requested(
                    row.getLong(1),
                    JobStatus.valueOf(row.getString(2)),
                    row.getString(3),
                    row.getString(4)))
        .findOne()
        .orElseThrow(() -> new StoreException("Job " + uuid + " is not in the database."));
  }

  /** The version rises too, so that whoever has the job in hand looks at it again. */
  private static void request(
      Session session, Requested job, String assignment, @Nullable String value) {
    session
        .handle()
        .createUpdate("UPDATE job SET version = version + 1, " + assignment + " WHERE id = ?")
        .bind(0, value)
        .bind(1, job.id())
        .execute();
    session
        .handle()
        .execute(
            """
            UPDATE job_queue SET state = 'R', engine = NULL, due_at = NULL
            WHERE job_id = ? AND state <> 'L'""",
            job.id());
  }

  /** Shows or hides a job; returns whether that was news. */
  public boolean setVisible(String uuid, boolean visible) {
    return writer.write(
        session ->
            session
                    .handle()
                    .execute(
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

  /** Jobs by their UUIDs, in whatever state; without those that do not exist. */
  public Map<String, StoredJob> load(Collection<String> uuids) {
    if (uuids.isEmpty()) {
      return Map.of();
    }
    return read(
        handle ->
            handle
                .createQuery(JobRows.SELECT + "WHERE j.uuid IN (<uuids>)")
                .bindList("uuids", List.copyOf(uuids))
                .map((row, context) -> JobRows.stored(row))
                .stream()
                .collect(Collectors.toMap(stored -> stored.job().uuid(), Function.identity())));
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

  /**
   * Takes jobs that are ready for this engine's workers, in the order of their places.
   *
   * @param lane whose workers ask
   */
  public List<LeasedJob> claim(String lane, int limit) {
    return writer.write(session -> take(session, "R", lane, "L", limit));
  }

  /** Takes jobs that are in the hands of schedulers and that no engine watches. */
  public List<LeasedJob> adopt(int limit) {
    return writer.write(
        session -> {
          List<LeasedJob> adopted = new ArrayList<>();
          for (String lane : orphanedLanes(session)) {
            adopted.addAll(take(session, "O", lane, "W", limit - adopted.size()));
            if (adopted.size() >= limit) {
              break;
            }
          }
          return adopted;
        });
  }

  private static List<String> orphanedLanes(Session session) {
    return session
        .handle()
        .createQuery("SELECT DISTINCT lane FROM job_queue WHERE state = 'O'")
        .mapTo(String.class)
        .list();
  }

  private List<LeasedJob> take(Session session, String from, String lane, String to, int limit)
      throws SQLException {
    Map<Long, Long> fences = new LinkedHashMap<>();
    PreparedStatement select =
        session.statement(
            """
            SELECT job_id, fence FROM job_queue WHERE state = ? AND lane = ?
            ORDER BY state, lane, place, job_id LIMIT ? FOR UPDATE SKIP LOCKED""");
    select.setString(1, from);
    select.setString(2, lane);
    select.setInt(3, limit);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        fences.put(rows.getLong(1), rows.getLong(2) + 1);
      }
    }
    if (fences.isEmpty()) {
      return List.of();
    }
    PreparedStatement update =
        session.statement(
            """
            UPDATE job_queue SET state = ?, engine = ?, fence = fence + 1
            WHERE job_id = ANY(?)""");
    update.setString(1, to);
    update.setString(2, membership.id());
    update.setArray(3, session.numbers(fences.keySet()));
    update.executeUpdate();
    Map<Long, StoredJob> jobs = new HashMap<>();
    PreparedStatement read = session.statement(JobRows.SELECT + "WHERE j.id = ANY(?)");
    read.setArray(1, session.numbers(fences.keySet()));
    try (ResultSet rows = read.executeQuery()) {
      while (rows.next()) {
        StoredJob job = JobRows.stored(rows);
        jobs.put(job.job().id(), job);
      }
    }
    List<LeasedJob> taken = new ArrayList<>();
    fences.forEach(
        (id, fence) -> {
          StoredJob job = jobs.get(id);
          if (job != null) {
            taken.add(new LeasedJob(new Lease(id, job.job().uuid(), fence), job));
          }
        });
    return taken;
  }

  /** Gives jobs back that this engine has, for any worker to take; those it has lost are left. */
  public CompletableFuture<Integer> release(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    return writer.submit(
        session -> {
          PreparedStatement statement =
              session.statement(
                  """
                  UPDATE job_queue SET state = 'R', engine = NULL, due_at = NULL
                  WHERE job_id = ? AND fence = ? AND engine = ?""");
          int given = 0;
          for (Lease lease : all) {
            statement.setLong(1, lease.jobId());
            statement.setLong(2, lease.fence());
            statement.setString(3, membership.id());
            given += statement.executeUpdate();
          }
          return given;
        });
  }

  /** What the database says that this engine's workers have. */
  public List<Lease> held() {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT q.job_id, j.uuid, q.fence FROM job_queue q JOIN job j ON j.id = q.job_id
                    WHERE q.engine = :engine AND q.state = 'L'""")
                .bind("engine", membership.id())
                .map((row, context) -> new Lease(row.getLong(1), row.getString(2), row.getLong(3)))
                .list());
  }

  /** Makes jobs ready whose time has come; returns how many. */
  public int wakeSleepers() {
    OffsetDateTime now = now().atOffset(ZoneOffset.UTC);
    return writer.write(
        session -> {
          List<Long> ids = new ArrayList<>();
          PreparedStatement select =
              session.statement(
                  """
                  SELECT job_id FROM job_queue WHERE due_at > ? AND due_at <= ?
                  ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED""");
          select.setObject(1, LONG_AGO);
          select.setObject(2, now);
          select.setInt(3, TIMERS_AT_ONCE);
          try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              ids.add(rows.getLong(1));
            }
          }
          if (!ids.isEmpty()) {
            PreparedStatement update =
                session.statement(
                    """
                    UPDATE job_queue SET state = 'R', engine = NULL, due_at = NULL
                    WHERE job_id = ANY(?) AND state <> 'L'""");
            update.setArray(1, session.numbers(ids));
            update.executeUpdate();
          }
          return ids.size();
        });
  }

  /** When the time of the next job comes; empty if none has one. It may have come already. */
  public Optional<Instant> nextTimer() {
    return read(
        handle ->
            handle
                .createQuery(
                    "SELECT due_at FROM job_queue WHERE due_at > :past ORDER BY due_at LIMIT 1")
                .bind("past", LONG_AGO)
                .mapTo(Instant.class)
                .findOne());
  }

  /**
   * Gives a sign of life, and removes engines that give none any more.
   *
   * @return how many were removed, whose jobs are now anyone's
   */
  public int tend() {
    return writer.write(membership::removeExpired);
  }

  /** Whether this engine's leases have certainly not expired. */
  public boolean holdsLeases() {
    return membership.isHeld();
  }

  /** How many other engines are on the database, as of the last {@link #tend}. */
  public int otherEngines() {
    return membership.others();
  }

  /** After how long without a sign of life an engine is declared dead. */
  public Duration lease() {
    return membership.lease();
  }

  /**
   * The time as the store keeps it. It does not go back when the clock does, nor does it stand
   * still, lest all that has a time wait: it runs at half the speed until the clock has caught up.
   */
  public Instant now() {
    synchronized (timeLock) {
      Instant read = clock.instant();
      if (read.isBefore(kept)) {
        Duration passed = Duration.between(lastRead, read);
        kept = passed.isNegative() ? kept : kept.plus(passed.dividedBy(2));
      }
      kept = read.isBefore(kept) ? kept : read;
      lastRead = read;
      return kept.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /** Finishes the changes under way, gives this engine's jobs back, and closes the database. */
  @Override
  public void close() {
    writer.close();
    database.close();
  }

  private static @Nullable TransferProgress progress(@Nullable String json) {
    return json == null ? null : JobMapping.decodeProgress(json);
  }

  /** A pool would refuse an interrupted thread; its interrupt is for what it does afterwards. */
  private <T> T read(HandleCallback<T, RuntimeException> query) {
    boolean interrupted = Thread.interrupted();
    try {
      return database.jdbi().withHandle(query);
    } catch (JdbiException e) {
      throw new StoreException("The database could not be read.", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
