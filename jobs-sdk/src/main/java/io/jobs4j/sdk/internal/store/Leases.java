package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Who may work on a job. The engine takes jobs for its workers or to watch them, and gives them
 * back; each lease has a number, the fence, that rises with each. Safe for use by several threads.
 * Methods throw {@link io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Leases {
  /** After which it is looked whether a job that could not be read has been mended. */
  private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(5);

  /** How often a claim looks past jobs that cannot be read. */
  private static final int MOST_ROUNDS = 8;

  private final StoreWriter writer;
  private final StoreReader reader;
  private final StoreClock clock;
  private final JobCache cache;
  private final Membership membership;
  private final StoreObserver observer;

  Leases(
      StoreWriter writer,
      StoreReader reader,
      StoreClock clock,
      JobCache cache,
      Membership membership,
      StoreObserver observer) {
    this.writer = writer;
    this.reader = reader;
    this.clock = clock;
    this.cache = cache;
    this.membership = membership;
    this.observer = observer;
  }

  /**
   * Takes jobs that are ready for this engine's workers, in the order of their places.
   *
   * @param workerPool whose workers ask
   */
  public List<LeasedJob> claim(String workerPool, int limit) {
    List<LeasedJob> claimed = writer.write(session -> take(session, "R", workerPool, "L", limit));
    observer.claimed(claimed.size());
    return claimed;
  }

  /** Takes jobs that are in the hands of schedulers and that no engine watches. */
  public List<LeasedJob> adopt(int limit) {
    List<LeasedJob> all =
        writer.write(
            session -> {
              List<LeasedJob> adopted = new ArrayList<>();
              for (String workerPool : orphanedPools(session)) {
                adopted.addAll(take(session, "O", workerPool, "W", limit - adopted.size()));
                if (adopted.size() >= limit) {
                  break;
                }
              }
              return adopted;
            });
    observer.adopted(all.size());
    return all;
  }

  private static List<String> orphanedPools(EngineSession session) {
    return session
        .handle()
        .createQuery("SELECT DISTINCT worker_pool FROM {job_queue} WHERE state = 'O'")
        .mapTo(String.class)
        .list();
  }

  /**
   * Takes jobs of one worker pool.
   *
   * @param from the state of the queue that they are in
   * @param to the state that they come to
   */
  List<LeasedJob> take(EngineSession session, String from, String workerPool, String to, int limit)
      throws SQLException {
    List<LeasedJob> taken = new ArrayList<>();
    int unreadable = 1;
    for (int round = 0; unreadable > 0 && round < MOST_ROUNDS; round++) {
      Taken more = takeRows(session, from, workerPool, to, limit - taken.size());
      taken.addAll(more.jobs());
      unreadable = more.unreadable();
    }
    return taken;
  }

  private record Taken(List<LeasedJob> jobs, int unreadable) {}

  private Taken takeRows(
      EngineSession session, String from, String workerPool, String to, int limit)
      throws SQLException {
    Map<Long, Long> fences = new LinkedHashMap<>();
    PreparedStatement select =
        session.lockFirst(
            "{job_queue}",
            "job_id",
            "job_id, fence, state",
            "state = ? AND worker_pool = ?",
            "state, worker_pool, place, job_id");
    select.setString(1, from);
    select.setString(2, workerPool);
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
      return new Taken(List.of(), 0);
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
    Set<Long> unreadable = new HashSet<>();
    List<LeasedJob> jobs = taken(session, fences, to.equals("L"), unreadable);
    if (!unreadable.isEmpty()) {
      PreparedStatement rest =
          session.statement(
              """
              UPDATE {job_queue} SET state = 'I', engine = NULL, due_at = ?
              WHERE job_id = ANY(?)""");
      rest.setObject(1, clock.instant().plus(UNREADABLE_PAUSE).atOffset(ZoneOffset.UTC));
      rest.setArray(2, session.numbers(unreadable));
      rest.executeUpdate();
    }
    return new Taken(jobs, unreadable.size());
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
            cache.touched(lease.jobId(), lease.uuid());
            statement.setLong(1, lease.jobId());
            statement.setLong(2, lease.fence());
            statement.setString(3, membership.id());
            given += statement.executeUpdate();
          }
          if (given > 0) {
            session.announcements().ready();
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
          cache.touched(lease.jobId(), lease.uuid());
          statement.setObject(1, time.atOffset(ZoneOffset.UTC));
          statement.setLong(2, lease.jobId());
          statement.setLong(3, lease.fence());
          statement.setString(4, membership.id());
          return statement.executeUpdate();
        });
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
            session.announcements().orphans();
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
        reader.read(
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
    return reader.read(
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
   * The jobs as they are stored now that have just been taken.
   *
   * @param fences of their leases, by their numbers
   * @param held whether workers have them
   * @param unreadable is given the numbers of those that cannot be read
   * @return without those that do not exist or cannot be read
   */
  private List<LeasedJob> taken(
      EngineSession session, Map<Long, Long> fences, boolean held, Set<Long> unreadable)
      throws SQLException {
    Map<Long, StoredJob> jobs = new HashMap<>();
    fences.forEach(
        (id, fence) -> {
          StoredJob job = cache.accepted().remove(id);
          // Nobody has changed it if nobody had it before.
          if (job != null && fence == 1) {
            jobs.put(id, job);
            if (held) {
              cache.inFlight().put(JobHead.of(job, fence));
            }
          }
        });
    List<Long> unknown = fences.keySet().stream().filter(id -> !jobs.containsKey(id)).toList();
    if (!unknown.isEmpty()) {
      PreparedStatement read = session.statement(JobRows.SELECT + "WHERE j.id = ANY(?)");
      read.setArray(1, session.numbers(unknown));
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          StoredJob job = JobRows.readable(rows);
          if (job == null) {
            unreadable.add(rows.getLong(JobField.ID.column()));
            continue;
          }
          jobs.put(job.id(), job);
          if (held) {
            cache.inFlight().put(JobHead.of(job, fences.getOrDefault(job.id(), -1L)));
          }
        }
      }
    }
    List<LeasedJob> taken = new ArrayList<>();
    fences.forEach(
        (id, fence) -> {
          StoredJob job = jobs.get(id);
          if (job != null) {
            taken.add(new LeasedJob(new Lease(id, job.job().id(), fence, membership.id()), job));
          }
        });
    return taken;
  }

  /** Gives all that an engine has back. Its leases are outdated then. */
  static void giveBack(EngineSession session, String engine) throws SQLException {
    PreparedStatement jobs =
        session.statement(
            """
            UPDATE {job_queue} SET engine = NULL, fence = fence + 1,
              state = CASE state WHEN 'L' THEN 'R' WHEN 'W' THEN 'O' ELSE state END
            WHERE engine = ?""");
    jobs.setString(1, engine);
    jobs.executeUpdate();
    ProbeSchedule.abandon(session, engine);
  }
}
