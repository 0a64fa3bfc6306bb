package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.Announced;
import io.jobs4j.sdk.internal.cluster.Announcements;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.BlockedOn;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobFilter;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.StoredText;
import io.jobs4j.sdk.internal.job.Waiting;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.sql.StoreSettings;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs in the database. Safe for use by several threads. Methods throw {@link StoreException}
 * when the database fails.
 */
public final class JobStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JobStore.class);
  private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("1970-01-01T00:00:00Z");
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);
  private static final long LAST_WORD_MILLIS = 500;
  private static final int TIMERS_AT_ONCE = 1000;
  private static final int LOADED_AT_ONCE = 1000;

  private final Database database;
  private final Membership membership;
  private final JobTables tables;
  private final StoreWriter writer;
  private final Clock clock;
  private final StoreObserver observer;
  private volatile @Nullable Announcements announcements;
  private volatile boolean closed;
  private final AtomicBoolean clockFailed = new AtomicBoolean();
  private final Object timeLock = new Object();

  /** What the clock said last; guarded by {@code timeLock}. */
  private Instant lastRead;

  /** The time at that; guarded by {@code timeLock}. */
  private Instant kept;

  /** A store on an open database, which it closes. */
  public JobStore(Database database, Clock clock) {
    this(database, StoreSettings.DEFAULT, clock, () -> {}, StoreObserver.NONE);
  }

  /**
   * A store on an open database, which it closes.
   *
   * @param onLost is told when all leases were lost; it must not block
   * @param observer sees what is done
   */
  public JobStore(
      Database database,
      StoreSettings settings,
      Clock clock,
      Runnable onLost,
      StoreObserver observer) {
    this.database = database;
    this.clock = clock;
    this.observer = observer;
    try {
      this.lastRead = clock.instant();
      this.kept = lastRead;
      this.membership =
          new Membership(
              database.dialect(), settings.node(), settings.lease(), LeaseTable::giveBack);
      this.tables = new JobTables(database.dialect(), this::now, membership::id);
      this.writer =
          new StoreWriter(database, membership, tables, settings.patience(), onLost, observer);
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
    try {
      tryOut();
    } catch (RuntimeException e) {
      close();
      throw new StoreException(
          (SqlFailure.of(e).isRefusal()
                  ? "No job can run on this database (%s): %s"
                  : "The database (%s) failed when it was tried out: %s")
              .formatted(database.product(), Database.rootMessage(e)),
          e);
    }
  }

  /** Does once, and undoes, what running jobs takes. */
  private void tryOut() {
    List<JobRecord> unusedJobs =
        list("jobs4j", "jobs4j", new JobFilter(Set.of(), true, true, 0, 1, null));
    List<HistoryEvent> unusedHistory = history(0, 0, 1);
    Optional<Instant> unusedTimer = nextTimer();
    Optional<Instant> unusedRecovery = nextRecovery();
    Trial trial = new Trial(tables, now());
    try {
      writer.write(
          session -> {
            trial.run(session, (same, lane) -> take(same, "R", lane, "L", 1));
            return 0;
          });
    } catch (Trial.UndoneException e) {
      // As it should be.
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
    JobTables.Insertion insertion = new JobTables.Insertion(job, request, lane, leased);
    insertion.onCommit(lease -> observer.committed(insertion.event()));
    return writer.submit(insertion);
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
    return submit(new JobTables.Transition(uuid, null, decision::apply)).thenApply(Applied::after);
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
    return submit(new JobTables.Transition(lease.uuid(), lease, decision::apply));
  }

  private CompletableFuture<Applied> submit(JobTables.Transition transition) {
    transition.onCommit(
        applied -> {
          JobEvent event = applied.event();
          if (event != null) {
            observer.committed(event);
          }
        });
    return writer.submit(transition);
  }

  /**
   * As the other, for a change by which the job becomes active: never more jobs are than limits
   * allow, whoever else admits some at the same time.
   *
   * @param quota the limits
   * @param overQuota decides if they do not allow for the job
   */
  public CompletableFuture<Applied> changeLater(
      Lease lease,
      Quota quota,
      Function<JobHead, JobChange> decision,
      Function<JobHead, JobChange> overQuota) {
    return submit(
        new JobTables.Transition(lease.uuid(), lease, decision::apply, quota, overQuota::apply));
  }

  /** Waits for a change. */
  public static <T> T result(CompletableFuture<T> change) {
    return StoreWriter.result(change);
  }

  /**
   * Notes who wants a job cancelled and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested requestCancel(String uuid, String user) {
    return writer.write(
        session -> {
          Steered job = lock(session, uuid);
          boolean news = !job.status().isTerminal() && job.cancelledBy() == null;
          if (news) {
            request(session, uuid, job, "cancel_requested_by = ?", user);
          }
          return new Requested(job.status(), news);
        },
        uuid);
  }

  /**
   * Notes who wants a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested requestPause(String uuid, String user) {
    return writer.write(
        session -> {
          Steered job = lock(session, uuid);
          boolean news = !job.status().isTerminal() && job.pausedBy() == null;
          if (news) {
            request(session, uuid, job, "pause_requested_by = ?", user);
          }
          return new Requested(job.status(), news);
        },
        uuid);
  }

  /**
   * Takes back the wish to have a job paused and makes it ready. Asking again changes nothing.
   *
   * @return the state it was in, and whether that changed anything
   */
  public Requested requestResume(String uuid) {
    return writer.write(
        session -> {
          Steered job = lock(session, uuid);
          boolean news = !job.status().isTerminal() && job.pausedBy() != null;
          if (news) {
            request(session, uuid, job, "pause_requested_by = ?", null);
          }
          return new Requested(job.status(), news);
        },
        uuid);
  }

  /**
   * What came of a request.
   *
   * @param status the state of the job, to which nobody can ask for anything if it is terminal
   * @param news whether nobody had asked for the same before
   */
  public record Requested(JobStatus status, boolean news) {}

  private record Steered(
      long id, JobStatus status, @Nullable String cancelledBy, @Nullable String pausedBy) {}

  private static Steered lock(EngineSession session, String uuid) {
    return session
        .handle()
        .createQuery(
            """
            SELECT id, status, cancel_requested_by, pause_requested_by
            FROM {job} WHERE uuid = :uuid FOR UPDATE""")
        .bind("uuid", uuid)
        .map(
            (row, context) ->
                new Steered(
                    row.getLong(1),
                    JobStatus.valueOf(row.getString(2)),
                    row.getString(3),
                    row.getString(4)))
        .findOne()
        .orElseThrow(() -> new StoreException("Job " + uuid + " is not in the database."));
  }

  /** The version rises too, so that whoever has the job in hand looks at it again. */
  private void request(
      EngineSession session, String uuid, Steered job, String assignment, @Nullable String value) {
    tables.touched(job.id(), uuid);
    session.news().requested(uuid);
    session
        .handle()
        .createUpdate("UPDATE {job} SET version = version + 1, " + assignment + " WHERE id = ?")
        .bind(0, value)
        .bind(1, job.id())
        .execute();
    session
        .handle()
        .execute(
            """
            UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
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
                        "UPDATE {job} SET visible = ?, last_updated = ? WHERE uuid = ? AND visible <> ?",
                        visible,
                        now(),
                        uuid,
                        visible)
                > 0,
        uuid);
  }

  /**
   * Any job, in whatever state.
   *
   * @param uuid anything; no job has one that cannot be stored, and databases need not be asked
   *     with it
   */
  public Optional<StoredJob> load(String uuid) {
    if (!StoredText.isId(uuid)) {
      return Optional.empty();
    }
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
    Map<String, StoredJob> jobs = new HashMap<>();
    List<String> all = List.copyOf(uuids);
    for (int from = 0; from < all.size(); from += LOADED_AT_ONCE) {
      List<String> part = all.subList(from, Math.min(from + LOADED_AT_ONCE, all.size()));
      read(handle ->
              handle
                  .createQuery(JobRows.SELECT + "WHERE j.uuid IN (<uuids>)")
                  .bindList("uuids", part)
                  .map((row, context) -> JobRows.stored(row))
                  .list())
          .forEach(stored -> jobs.put(stored.job().uuid(), stored));
    }
    return jobs;
  }

  /**
   * Jobs of a tenant.
   *
   * @param owner whose; {@code null} for everybody's
   */
  public List<JobRecord> list(String tenantId, @Nullable String owner, JobFilter filter) {
    if (owner != null && !StoredText.isId(owner)) {
      return List.of();
    }
    Set<JobStatus> statuses =
        filter.statuses().isEmpty()
            ? EnumSet.complementOf(EnumSet.of(JobStatus.ACCEPTED))
            : filter.statuses();
    // Jobs that are over may be many, and need not be read to find that none is not.
    boolean going = statuses.stream().noneMatch(JobStatus::isTerminal);
    String table = going ? "q" : "j";
    String id = going ? "q.job_id" : "j.id";
    return read(
        handle ->
            handle
                .createQuery(
                    JobRows.SELECT
                        + (going ? "JOIN {job_queue} q ON q.job_id = j.id " : "")
                        + "WHERE %s.tenant_id = :tenant".formatted(table)
                        + (owner == null ? "" : " AND %s.owner = :owner".formatted(table))
                        + " AND j.status IN (<statuses>) AND j.status <> 'ACCEPTED'"
                        + (filter.hidden() ? "" : " AND j.visible")
                        + (filter.after() == null
                            ? ""
                            : " AND %s %s (SELECT a.id FROM {job} a WHERE a.uuid = :after)"
                                .formatted(id, filter.ascending() ? ">" : "<"))
                        // In the order of an index, also for planners that do not see that the
                        // first two are always the same.
                        + (owner == null
                                ? " ORDER BY %2$s.tenant_id %1$s, %3$s %1$s"
                                : " ORDER BY %2$s.tenant_id %1$s, %2$s.owner %1$s, %3$s %1$s")
                            .formatted(filter.ascending() ? "ASC" : "DESC", table, id)
                        + " LIMIT :limit OFFSET :offset")
                .bindList("statuses", statuses.stream().map(Enum::name).toList())
                .bind("tenant", tenantId)
                .bind("owner", owner)
                .bind("limit", filter.limit())
                .bind("offset", filter.offset())
                .bind("after", filter.after())
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
                    FROM {job_event} WHERE job_id = :id AND sequence > :after
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
                .createQuery("SELECT request FROM {job_payload} WHERE job_id = :id")
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
    List<LeasedJob> claimed = writer.write(session -> take(session, "R", lane, "L", limit));
    observer.claimed(claimed.size());
    return claimed;
  }

  /** Takes jobs that are in the hands of schedulers and that no engine watches. */
  public List<LeasedJob> adopt(int limit) {
    List<LeasedJob> all =
        writer.write(
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
    observer.adopted(all.size());
    return all;
  }

  private static List<String> orphanedLanes(EngineSession session) {
    return session
        .handle()
        .createQuery("SELECT DISTINCT lane FROM {job_queue} WHERE state = 'O'")
        .mapTo(String.class)
        .list();
  }

  private List<LeasedJob> take(
      EngineSession session, String from, String lane, String to, int limit) throws SQLException {
    Map<Long, Long> fences = new LinkedHashMap<>();
    PreparedStatement select =
        session.lockFirst(
            "{job_queue}",
            "job_id",
            "job_id, fence, state",
            "state = ? AND lane = ?",
            "state, lane, place, job_id");
    select.setString(1, from);
    select.setString(2, lane);
    select.setInt(3, limit);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        // Someone may have taken it before it was locked.
        if (rows.getString(3).equals(from)) {
          fences.put(rows.getLong(1), rows.getLong(2) + 1);
        }
      }
    }
    if (fences.isEmpty()) {
      return List.of();
    }
    PreparedStatement update =
        session.statement(
            """
            UPDATE {job_queue} SET state = ?, engine = ?, fence = fence + 1
            WHERE job_id = ANY(?)""");
    update.setString(1, to);
    update.setString(2, membership.id());
    update.setArray(3, session.numbers(fences.keySet()));
    update.executeUpdate();
    return tables.taken(session, fences, to.equals("L"));
  }

  /** Gives jobs back that this engine has, for any worker to take; those it has lost are left. */
  public CompletableFuture<Integer> release(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    return writer.submit(
        session -> {
          PreparedStatement statement =
              session.statement(
                  """
                  UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
                  WHERE job_id = ? AND fence = ? AND engine = ?""");
          int given = 0;
          for (Lease lease : all) {
            tables.touched(lease.jobId(), lease.uuid());
            statement.setLong(1, lease.jobId());
            statement.setLong(2, lease.fence());
            statement.setString(3, membership.id());
            given += statement.executeUpdate();
          }
          if (given > 0) {
            session.news().ready();
          }
          return given;
        });
  }

  /** Lets a job rest that this engine has, until {@code time}; if it has lost it, it is left. */
  public CompletableFuture<Integer> postpone(Lease lease, Instant time) {
    return writer.submit(
        session -> {
          PreparedStatement statement =
              session.statement(
                  """
                  UPDATE {job_queue} SET state = 'I', engine = NULL, due_at = ?
                  WHERE job_id = ? AND fence = ? AND engine = ?""");
          tables.touched(lease.jobId(), lease.uuid());
          statement.setObject(1, time.atOffset(ZoneOffset.UTC));
          statement.setLong(2, lease.jobId());
          statement.setLong(3, lease.fence());
          statement.setString(4, membership.id());
          return statement.executeUpdate();
        });
  }

  /**
   * Whether the database has refused what a change wanted to store, so that it will refuse it again
   * (SQLState classes 22 and 23).
   */
  public static boolean isRefused(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23");
      }
    }
    return false;
  }

  /** Lets any engine watch jobs that this one should and does not; those it has lost are left. */
  public int orphan(Collection<Lease> leases) {
    List<Lease> all = List.copyOf(leases);
    return writer.write(
        session -> {
          PreparedStatement statement =
              session.statement(
                  """
                  UPDATE {job_queue} SET state = 'O', engine = NULL, fence = fence + 1
                  WHERE job_id = ? AND fence = ? AND engine = ? AND state = 'W'""");
          int given = 0;
          for (Lease lease : all) {
            statement.setLong(1, lease.jobId());
            statement.setLong(2, lease.fence());
            statement.setString(3, membership.id());
            given += statement.executeUpdate();
          }
          if (given > 0) {
            session.news().orphans();
          }
          return given;
        });
  }

  /**
   * Asks the database whether a job is still this engine's.
   *
   * @throws LeaseLostException if it is not
   */
  public void requireHeld(Lease lease) {
    boolean held =
        read(
            handle ->
                handle
                        .createQuery(
                            """
                        SELECT COUNT(*) FROM {job_queue}
                        WHERE job_id = :job AND fence = :fence AND engine = :engine""")
                        .bind("job", lease.jobId())
                        .bind("fence", lease.fence())
                        .bind("engine", membership.id())
                        .mapTo(Integer.class)
                        .one()
                    > 0);
    if (!held) {
      throw new LeaseLostException(lease);
    }
  }

  /** What the database says that this engine's workers have. */
  public List<Lease> held() {
    return leases("L");
  }

  /** What the database says that this engine watches. */
  public List<Lease> watched() {
    return leases("W");
  }

  private List<Lease> leases(String state) {
    String engine = membership.id();
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT q.job_id, j.uuid, q.fence FROM {job_queue} q JOIN {job} j ON j.id = q.job_id
                    WHERE q.engine = :engine AND q.state = :state""")
                .bind("engine", engine)
                .bind("state", state)
                .map(
                    (row, context) ->
                        new Lease(row.getLong(1), row.getString(2), row.getLong(3), engine))
                .list());
  }

  /** Makes jobs ready whose time has come; returns how many. */
  public int wakeSleepers() {
    OffsetDateTime now = now().atOffset(ZoneOffset.UTC);
    return writer.write(
        session -> {
          List<Long> ids = new ArrayList<>();
          PreparedStatement select =
              session.lockFirst(
                  "{job_queue}", "job_id", "job_id", "due_at > ? AND due_at <= ?", "due_at");
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
                    UPDATE {job_queue} SET state = 'R', engine = NULL, due_at = NULL
                    WHERE job_id = ANY(?) AND state <> 'L'""");
            update.setArray(1, session.numbers(ids));
            update.executeUpdate();
            session.news().ready();
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
                    "SELECT due_at FROM {job_queue} WHERE due_at > :past ORDER BY due_at LIMIT 1")
                .bind("past", LONG_AGO)
                .mapTo(Instant.class)
                .findOne());
  }

  /**
   * Deletes jobs that have been over for long, with all that was kept of them.
   *
   * @param before when they must have ended
   * @param from where to look, by sequence number
   * @param limit how many jobs to look at
   * @return where to look next; 0 when all have been looked at
   */
  public long deleteEnded(Instant before, long from, int limit) {
    List<long[]> looked =
        read(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT id, CASE WHEN ended < :before THEN 1 ELSE 0 END
                        FROM {job} WHERE id >= :from ORDER BY id LIMIT :limit""")
                    .bind("before", before)
                    .bind("from", from)
                    .bind("limit", limit)
                    .map((row, context) -> new long[] {row.getLong(1), row.getLong(2)})
                    .list());
    List<Long> over = looked.stream().filter(row -> row[1] == 1).map(row -> row[0]).toList();
    if (!over.isEmpty()) {
      Integer unused = writer.write(session -> delete(session, over));
    }
    return looked.size() < limit ? 0 : looked.get(looked.size() - 1)[0] + 1;
  }

  private static int delete(EngineSession session, List<Long> ids) throws SQLException {
    for (String table : List.of("{job_event}", "{job_payload}", "{job_blocked}")) {
      PreparedStatement statement =
          session.statement("DELETE FROM " + table + " WHERE job_id = ANY(?)");
      statement.setArray(1, session.numbers(ids));
      statement.executeUpdate();
    }
    PreparedStatement jobs = session.statement("DELETE FROM {job} WHERE id = ANY(?)");
    jobs.setArray(1, session.numbers(ids));
    return jobs.executeUpdate();
  }

  /** The tenant queues of all tenants. */
  public List<TenantQueue> queues() {
    return read(QueueTable::read);
  }

  /**
   * Adds tenant queues that are not there and changes those that are, all of them or none; none is
   * ever removed.
   *
   * @param definitions gives the queues when it is told those that exist; what it throws leaves all
   *     as it was
   */
  public void importQueues(Function<Collection<TenantQueue>, Collection<TenantQueue>> definitions) {
    Integer unused =
        writer.write(
            session -> {
              List<TenantQueue> existing = QueueTable.read(session.handle());
              Collection<TenantQueue> queues = definitions.apply(existing);
              QueueTable.write(session, queues, existing);
              return queues.size();
            });
  }

  /**
   * Takes what blocked jobs wait for and is due to be looked at. Nobody else looks at it until
   * {@code patience} has passed or this engine is gone.
   */
  public List<Recovery> takeDueRecoveries(Duration patience, int limit) {
    return writer.write(
        session -> ProbeSchedule.takeDue(session, membership.id(), now(), patience, limit));
  }

  /**
   * Notes that what jobs wait for has not cleared.
   *
   * @return the jobs that have waited for long enough
   */
  public List<Expired> recoveryFailed(Recovery recovery, RecoveryPolicy policy) {
    return writer.write(session -> RecoveryTable.failed(session, recovery, policy, now()));
  }

  /** The jobs that have waited for long enough, whether or not it has cleared by now. */
  public List<Expired> expired(Recovery recovery, RecoveryPolicy policy) {
    return writer.write(session -> RecoveryTable.expired(session, recovery, policy, now()));
  }

  /**
   * Makes jobs ready that wait for something that has cleared.
   *
   * @param limit how many at most
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int recovered(Recovery recovery, int limit, Duration pause) {
    return writer.write(
        session -> {
          Instant now = now();
          return RecoveryTable.release(session, recovery, limit, now.plus(pause), now);
        });
  }

  /**
   * Makes some jobs ready in order to see whether they get any further; more, the more of them did.
   *
   * @param pause after which the rest are looked at if nothing is known of these by then
   * @return how many
   */
  public int tryRecovered(Recovery recovery, Duration pause) {
    return writer.write(
        session -> {
          Instant now = now();
          return RecoveryTable.releaseTrials(session, recovery, now.plus(pause), now);
        });
  }

  /**
   * Makes those of the jobs ready that still wait.
   *
   * @param uuids the jobs
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int recovered(Recovery recovery, Collection<String> uuids, Duration pause) {
    return writer.write(
        session -> {
          Instant now = now();
          return RecoveryTable.release(session, recovery, uuids, now.plus(pause), now);
        });
  }

  /**
   * Jobs that wait for something, in the order of their sequence numbers.
   *
   * @param after the sequence number to begin behind
   */
  public List<StoredJob> waitingJobs(Recovery recovery, long after, int limit) {
    return read(handle -> RecoveryTable.waitingJobs(handle, recovery, after, limit));
  }

  /**
   * Paused jobs that their schedulers have and nobody works on, in the order of their sequence
   * numbers.
   *
   * @param after the sequence number to begin behind
   */
  public List<StoredJob> pausedJobs(long after, int limit) {
    return read(handle -> PausedTable.resting(handle, after, limit));
  }

  /** Makes paused jobs ready, for a worker to see to it that they are held; returns how many. */
  public int readyPaused(Collection<Long> jobIds) {
    return writer.write(session -> PausedTable.ready(session, jobIds));
  }

  /** The jobs that wait for something, one for all that the same limits hold for. */
  public List<Waiting> waiting(Recovery recovery) {
    return read(handle -> RecoveryTable.waiting(handle, recovery));
  }

  /**
   * Makes as many jobs ready as limits allow for, and counts them as active from now on.
   *
   * @param limits those of each job; one that they do not tell of waits on
   * @param limit how many at most
   * @param pause after which the rest are looked at
   * @return how many
   */
  public int recoveredWithin(
      Recovery recovery,
      Quota.SystemKey system,
      Map<Waiting, Quota> limits,
      int limit,
      Duration pause) {
    return writer.write(
        session ->
            tables.releaseWithin(session, recovery, system, limits, limit, now().plus(pause)));
  }

  /** Has all that waits for something looked at soon. */
  public int hastenRecovery(RecoveryCondition condition, String subject) {
    return writer.write(session -> ProbeSchedule.hasten(session, condition, subject, now()));
  }

  /**
   * Has all that jobs wait for looked at soon, for an engine that starts. It counts as no attempt,
   * and what was looked at a moment ago or is being looked at is not looked at again at once.
   */
  public int hastenRecoveries() {
    return writer.write(session -> ProbeSchedule.hastenAll(session, now()));
  }

  /** Makes blocked jobs ready of which nobody knows what they wait for. */
  public int releaseBlockedOrphans() {
    return writer.write(RecoveryTable::releaseOrphans);
  }

  /** When something that jobs wait for is looked at next; empty if none waits. */
  public Optional<Instant> nextRecovery() {
    return read(
        handle ->
            handle
                .createQuery("SELECT next_attempt FROM {recovery} ORDER BY next_attempt LIMIT 1")
                .mapTo(Instant.class)
                .findOne());
  }

  /** What blocked jobs wait for, by their sequence numbers. */
  public Map<Long, BlockedOn> blockedOn(Collection<Long> jobIds) {
    if (jobIds.isEmpty()) {
      return Map.of();
    }
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT b.job_id, r.condition_code, r.next_attempt
                    FROM {job_blocked} b JOIN {recovery} r ON r.id = b.recovery_id
                    WHERE b.waiting AND b.job_id IN (<ids>)""")
                .bindList("ids", List.copyOf(jobIds))
                .map(
                    (row, context) ->
                        Map.entry(
                            row.getLong(1),
                            new BlockedOn(row.getString(2), JobRows.time(row, "next_attempt"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /**
   * Gives a sign of life, and removes engines that give none any more.
   *
   * @return how many were removed, whose jobs are now anyone's
   */
  public int tend() {
    int removed = writer.write(membership::removeExpired);
    try {
      database.setClock();
    } catch (JdbiException e) {
      log.warn("The database's clock could not be read; time goes on without it: {}", e.toString());
    }
    return removed;
  }

  /**
   * Makes sure that a lease has not expired and will not for a moment, without asking the database.
   *
   * @throws StoreException if it has or may have
   */
  public void requireUnexpired(Lease lease) {
    // In this order: an engine that comes back has its new name before its new lease.
    if (!membership.isHeld() || !membership.id().equals(lease.engine())) {
      throw new StoreException("The lease of job %s may be over.".formatted(lease.uuid()));
    }
  }

  /**
   * Tells {@code announced} from now on what other engines announce, where the database can pass it
   * on. To be called once.
   */
  public void listen(Announced announced) {
    if (database.dialect().notifies()) {
      announcements = new Announcements(database, membership, announced);
    }
  }

  /**
   * Whether news of other engines reaches this one, or there are no others. Otherwise it has to
   * look for them.
   */
  public boolean hearsOthers() {
    Announcements hearing = announcements;
    return membership.others() == 0 || (hearing != null && hearing.isListening());
  }

  /**
   * Those of the jobs that this engine's workers have which someone wants cancelled or paused. Not
   * those that are to be paused while they are submitted: that is done afterwards, and a worker
   * that was told of it again and again would begin again and again.
   */
  public List<String> requestedOfHeld() {
    return read(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT j.uuid FROM {job_queue} q JOIN {job} j ON j.id = q.job_id
                    WHERE q.engine = :engine AND q.state = 'L'
                      AND (j.cancel_requested_by IS NOT NULL
                        OR (j.pause_requested_by IS NOT NULL AND j.status <> 'SUBMITTING'))""")
                .bind("engine", membership.id())
                .mapTo(String.class)
                .list());
  }

  /** How many other engines are on the database, as far as is known. */
  public int otherEngines() {
    return membership.others();
  }

  /** How many changes wait to be written. */
  public int waitingChanges() {
    return writer.waiting();
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
      Instant read = read();
      if (read.isBefore(kept)) {
        Duration passed = Duration.between(lastRead, read);
        kept = passed.isNegative() ? kept : kept.plus(passed.dividedBy(2));
      }
      kept = read.isBefore(kept) ? kept : read;
      lastRead = read;
      return kept.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /** A clock that fails stands still; nothing that has a time fails for it. */
  private Instant read() {
    try {
      return clock.instant();
    } catch (RuntimeException | Error e) {
      if (clockFailed.compareAndSet(false, true)) {
        log.error("The clock failed; further failures are not logged", e);
      }
      return lastRead;
    }
  }

  /** Finishes the changes under way, gives this engine's jobs back, and closes the database. */
  @Override
  public void close() {
    close(CLOSE_LIMIT);
  }

  /**
   * As {@link #close()}, for about so long at most: what waits for a database that does not answer
   * is given up then.
   */
  public void close(Duration limit) {
    closed = true;
    long deadline = System.nanoTime() + limit.toNanos();
    Announcements hearing = announcements;
    if (hearing != null) {
      hearing.leaving();
    }
    writer.close(limit);
    if (hearing != null) {
      // It has heard of the leave.
      hearing.close(Math.max(LAST_WORD_MILLIS, (deadline - System.nanoTime()) / 1_000_000));
    }
    database.close(Duration.ofNanos(Math.max(CLOSE_GRACE.toNanos(), deadline - System.nanoTime())));
  }

  private static @Nullable TransferProgress progress(@Nullable String json) {
    return json == null ? null : JobMapping.decodeProgress(json);
  }

  /** A pool would refuse an interrupted thread; its interrupt is for what it does afterwards. */
  private <T> T read(HandleCallback<T, RuntimeException> query) {
    boolean interrupted = Thread.interrupted();
    try {
      StoreWriter.requireOpen(closed);
      return database.jdbi().withHandle(query);
    } catch (JdbiException e) {
      StoreWriter.requireOpen(closed);
      throw new StoreException("The database could not be read.", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
