package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.Times.utc;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.Waiting;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What blocked jobs wait for. That a job is blocked and what it waits for are stored together, so
 * that none is ever blocked on nothing. Used by the writer's thread alone.
 */
final class RecoveryTable {
  /** See {@link RecoveryPolicy}; nothing that fails takes as long. */
  private static final Duration LEAST_PROGRESS = Duration.ofMinutes(10);

  /** How many jobs go on at once at most, however many have got any further. */
  static final int MOST_TRIALS = 50;

  private RecoveryTable() {}

  /**
   * Notes that a job is blocked. One that was released and is blocked on the same in the same state
   * again has not got any further, unless it went on for long in between: its first time counts,
   * and the next attempt is put off, lest it go round and round.
   */
  static void block(
      EngineSession session, long jobId, JobStatus heldIn, Blockage blockage, Instant now)
      throws SQLException {
    String id = blockage.id();
    RecoveryPolicy policy = blockage.policy();
    Earlier earlier = earlier(session, jobId, id, heldIn, now.minus(leastProgress(policy)));
    PreparedStatement row =
        session.statement(
            earlier == null
                ? """
                INSERT INTO {job_blocked}
                  (recovery_id, held_in, since, attempts, returns, waiting, job_id)
                VALUES (?, ?, ?, ?, ?, TRUE, ?)"""
                : """
                UPDATE {job_blocked}
                SET recovery_id = ?, held_in = ?, since = ?, attempts = ?, returns = ?,
                  waiting = TRUE, resumed = NULL
                WHERE job_id = ?""");
    Earlier first = earlier != null && earlier.same() ? earlier : null;
    boolean again = first != null;
    int attempts = first == null ? 0 : first.attempts() + 1;
    row.setString(1, id);
    row.setString(2, heldIn.name());
    row.setObject(3, utc(first == null ? now : first.since()));
    row.setInt(4, attempts);
    row.setInt(5, first == null ? 0 : first.returns() + 1);
    row.setLong(6, jobId);
    row.executeUpdate();
    Instant next = now.plus(policy.waitBefore(attempts + 1));
    PreparedStatement join =
        session.statement(
            """
            UPDATE {recovery}
            SET trials = NULL,
              next_attempt = CASE WHEN ? AND next_attempt < ? THEN ? ELSE next_attempt END
            WHERE id = ?""");
    join.setBoolean(1, again);
    join.setObject(2, utc(next));
    join.setObject(3, utc(next));
    join.setString(4, id);
    if (join.executeUpdate() == 0) {
      // If another engine does the same, one of the two is refused and tries again.
      PreparedStatement insert =
          session.statement(
              """
              INSERT INTO {recovery} (id, tenant_id, condition_code, subject, attempts, next_attempt)
              VALUES (?, ?, ?, ?, 0, ?)""");
      insert.setString(1, id);
      insert.setString(2, blockage.tenantId());
      insert.setString(3, blockage.condition().name());
      insert.setString(4, blockage.subject());
      insert.setObject(5, utc(next));
      insert.executeUpdate();
    }
  }

  private record Earlier(boolean same, Instant since, int attempts, int returns) {}

  private static @Nullable Earlier earlier(
      EngineSession session, long jobId, String id, JobStatus heldIn, Instant progressSince)
      throws SQLException {
    PreparedStatement select =
        session.statement(
            """
            SELECT recovery_id, held_in, since, attempts, returns,
              CASE WHEN resumed < ? THEN TRUE ELSE FALSE END
            FROM {job_blocked} WHERE job_id = ?""");
    select.setObject(1, utc(progressSince));
    select.setLong(2, jobId);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next()
          ? new Earlier(
              rows.getString(1).equals(id)
                  && rows.getString(2).equals(heldIn.name())
                  && !rows.getBoolean(6),
              Times.time(rows, "since"),
              rows.getInt(4),
              rows.getInt(5))
          : null;
    }
  }

  private static Duration leastProgress(RecoveryPolicy policy) {
    Duration longest = LEAST_PROGRESS;
    for (RecoveryPolicy.Step step : policy.steps()) {
      longest = step.pause().compareTo(longest) > 0 ? step.pause() : longest;
    }
    return longest;
  }

  /** Notes that jobs go on that were blocked. */
  static void resumed(EngineSession session, Collection<Long> jobIds, Instant now)
      throws SQLException {
    PreparedStatement update =
        session.statement("UPDATE {job_blocked} SET resumed = ? WHERE job_id = ANY(?)");
    update.setObject(1, utc(now));
    update.setArray(2, session.numbers(jobIds));
    update.executeUpdate();
  }

  /** Forgets jobs that are over, or got past where they had been blocked. */
  static void forget(EngineSession session, Collection<Long> jobIds) throws SQLException {
    session.later(
        "DELETE FROM {job_blocked} WHERE job_id = ANY(?)", List.of(session.numbers(jobIds)));
  }

  /**
   * Notes that it has not cleared.
   *
   * @return the jobs that have waited for long enough
   */
  static List<Expired> failed(
      EngineSession session, Recovery recovery, RecoveryPolicy policy, Instant now)
      throws SQLException {
    ProbeSchedule.failed(session, recovery, policy, now);
    PreparedStatement count =
        session.statement(
            "UPDATE {job_blocked} SET attempts = attempts + ? WHERE recovery_id = ? AND waiting");
    count.setInt(1, recovery.early() ? 0 : 1);
    count.setString(2, recovery.id());
    if (count.executeUpdate() == 0) {
      deleteIfUnused(session, recovery.id());
      return List.of();
    }
    return expired(session, recovery, policy, now);
  }

  /** The jobs that have waited for long enough. */
  static List<Expired> expired(
      EngineSession session, Recovery recovery, RecoveryPolicy policy, Instant now)
      throws SQLException {
    Duration longest = policy.maxElapsed();
    PreparedStatement select =
        session.statement(
            """
            SELECT j.uuid, b.attempts, b.since FROM {job_blocked} b JOIN {job} j ON j.id = b.job_id
            WHERE b.recovery_id = ? AND b.waiting AND (b.attempts >= ? OR b.since <= ?)""");
    select.setString(1, recovery.id());
    select.setInt(2, policy.maxTries() == 0 ? Integer.MAX_VALUE : policy.maxTries());
    select.setObject(3, utc(longest == null ? Instant.EPOCH : now.minus(longest)));
    List<Expired> expired = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        boolean inTime = longest == null || Times.time(rows, "since").plus(longest).isAfter(now);
        expired.add(new Expired(rows.getString(1), rows.getInt(2), inTime));
      }
    }
    return expired;
  }

  /**
   * Makes jobs ready that wait, those that came first first, and before them those that went on and
   * came back less often: one that fails each time does not keep the others from their turn.
   *
   * @param limit how many at most
   * @param again when the rest are looked at
   * @return how many
   */
  static int release(
      EngineSession session, Recovery recovery, int limit, Instant again, Instant now)
      throws SQLException {
    lock(session, recovery.id());
    List<Long> ids = next(session, recovery, limit);
    release(session, recovery, ids);
    reschedule(session, recovery, again, now);
    return ids.size();
  }

  /**
   * Makes jobs ready of which nobody knows whether they get any further: one, or two for each that
   * did since some were made ready last. Of more than {@value #MOST_TRIALS}, the rest are for the
   * next look, which then is at once. If one is blocked on the same, it is one again.
   *
   * @param again when the rest are looked at if nothing is known of these by then
   * @return how many
   */
  static int releaseTrials(EngineSession session, Recovery recovery, Instant again, Instant now)
      throws SQLException {
    int trials = ProbeSchedule.takeTrials(session, recovery, MOST_TRIALS);
    List<Long> ids = next(session, recovery, Math.min(Math.max(1, trials), MOST_TRIALS));
    release(session, recovery, ids);
    reschedule(session, recovery, trials > MOST_TRIALS ? now : again, now);
    return ids.size();
  }

  private static List<Long> next(EngineSession session, Recovery recovery, int limit)
      throws SQLException {
    List<Long> ids = new ArrayList<>();
    PreparedStatement select =
        session.statement(
            """
            SELECT job_id FROM {job_blocked} WHERE recovery_id = ? AND waiting
            ORDER BY recovery_id, waiting, returns, job_id LIMIT ?""");
    select.setString(1, recovery.id());
    select.setInt(2, limit);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  /**
   * Makes those of the jobs ready that wait.
   *
   * @param again when the rest are looked at
   * @return how many
   */
  static int release(
      EngineSession session,
      Recovery recovery,
      Collection<String> uuids,
      Instant again,
      Instant now)
      throws SQLException {
    lock(session, recovery.id());
    List<Long> ids = new ArrayList<>();
    PreparedStatement select =
        session.statement(
            """
            SELECT j.id FROM {job_blocked} b JOIN {job} j ON j.id = b.job_id
            WHERE b.recovery_id = ? AND b.waiting AND j.uuid = ANY(?)""");
    select.setString(1, recovery.id());
    select.setArray(2, session.texts(uuids));
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    release(session, recovery, ids);
    reschedule(session, recovery, again, now);
    return ids.size();
  }

  /** Jobs that wait, by sequence number from {@code after} on, without it. */
  static List<StoredJob> waitingJobs(Handle handle, Recovery recovery, long after, int limit) {
    return handle
        .createQuery(
            JobRows.SELECT
                + """
                WHERE j.id IN (
                  SELECT b.job_id FROM {job_blocked} b
                  WHERE b.recovery_id = :recovery AND b.waiting AND b.job_id > :after
                  ORDER BY b.job_id LIMIT :limit)
                ORDER BY j.id""")
        .bind("recovery", recovery.id())
        .bind("after", after)
        .bind("limit", limit)
        .map(JobRows.READABLE)
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** The jobs that wait, one for all that the same limits hold for. */
  static List<Waiting> waiting(Handle handle, Recovery recovery) {
    return handle
        .createQuery(
            """
            SELECT DISTINCT q.tenant_id, q.owner, q.system_id, q.app_id, q.remote_queue
            FROM {job_blocked} b JOIN {job_queue} q ON q.job_id = b.job_id
            WHERE b.recovery_id = :recovery AND b.waiting""")
        .bind("recovery", recovery.id())
        .map((row, context) -> waiting(row, 1))
        .list();
  }

  private static Waiting waiting(ResultSet row, int column) throws SQLException {
    return new Waiting(
        row.getString(column),
        row.getString(column + 1),
        row.getString(column + 2),
        row.getString(column + 3),
        row.getString(column + 4));
  }

  /**
   * Makes as many jobs ready as limits allow for, those that came first first. One that was paused
   * or cancelled meanwhile gets no place and waits no more: it is looked at when it goes on.
   *
   * @param limits the limits; a job that they do not tell of waits on
   * @return which, to be counted as active from now on
   */
  static List<Long> releaseWithin(
      EngineSession session,
      Recovery recovery,
      Quota.Counts counts,
      Map<Waiting, Quota> limits,
      int limit,
      Instant again,
      Instant now)
      throws SQLException {
    lock(session, recovery.id());
    List<Long> ids = new ArrayList<>();
    List<Long> others = new ArrayList<>();
    PreparedStatement select =
        session.statement(
            """
            SELECT q.job_id, q.tenant_id, q.owner, q.system_id, q.app_id, q.remote_queue,
              CASE WHEN j.status = 'BLOCKED' AND j.pause_requested_by IS NULL
                AND j.cancel_requested_by IS NULL THEN TRUE ELSE FALSE END
            FROM {job_blocked} b JOIN {job_queue} q ON q.job_id = b.job_id
              JOIN {job} j ON j.id = b.job_id
            WHERE b.recovery_id = ? AND b.waiting ORDER BY b.job_id""");
    select.setString(1, recovery.id());
    try (ResultSet rows = select.executeQuery()) {
      while (ids.size() < limit && rows.next()) {
        if (!rows.getBoolean(7)) {
          others.add(rows.getLong(1));
          continue;
        }
        Quota quota = limits.get(waiting(rows, 2));
        if (quota != null && counts.admit(quota)) {
          ids.add(rows.getLong(1));
        }
      }
    }
    noLongerWaiting(session, others, 0);
    release(session, recovery, ids);
    reschedule(session, recovery, again, now);
    return ids;
  }

  private static void lock(EngineSession session, String id) throws SQLException {
    lock(session, List.of(id));
  }

  /** Locks what is there of several, in one order whoever does, so that no two wait for another. */
  static void lock(EngineSession session, Collection<String> ids) throws SQLException {
    if (!ids.isEmpty()) {
      PreparedStatement select =
          session.statement("SELECT id FROM {recovery} WHERE id = ANY(?) ORDER BY id FOR UPDATE");
      select.setArray(1, session.texts(ids));
      select.executeQuery().close();
    }
  }

  private static void release(EngineSession session, Recovery recovery, List<Long> ids)
      throws SQLException {
    if (ids.isEmpty()) {
      return;
    }
    // The job counts an attempt if it is blocked on the same again, and an early look is none.
    noLongerWaiting(session, ids, recovery.early() ? 1 : 0);
    PreparedStatement queue =
        session.statement(
            """
            UPDATE {job_queue} SET state = 'R', due_at = NULL
            WHERE job_id = ANY(?) AND state = 'I'""");
    queue.setArray(1, session.numbers(ids));
    queue.executeUpdate();
    session.announcements().ready();
  }

  private static void noLongerWaiting(EngineSession session, List<Long> ids, int attemptsLess)
      throws SQLException {
    if (!ids.isEmpty()) {
      PreparedStatement rows =
          session.statement(
              """
              UPDATE {job_blocked} SET waiting = FALSE, attempts = attempts - ?
              WHERE job_id = ANY(?)""");
      rows.setInt(1, attemptsLess);
      rows.setArray(2, session.numbers(ids));
      rows.executeUpdate();
    }
  }

  private static void reschedule(
      EngineSession session, Recovery recovery, Instant again, Instant now) throws SQLException {
    if (!deleteIfUnused(session, recovery.id())) {
      ProbeSchedule.cleared(session, recovery, again, now);
    }
  }

  private static boolean deleteIfUnused(EngineSession session, String id) throws SQLException {
    PreparedStatement delete =
        session.statement(
            """
            DELETE FROM {recovery} r WHERE r.id = ? AND NOT EXISTS (
              SELECT 1 FROM {job_blocked} b WHERE b.recovery_id = r.id AND b.waiting)""");
    delete.setString(1, id);
    return delete.executeUpdate() > 0;
  }

  /** Makes blocked jobs ready of which nobody knows what they wait for. */
  static int releaseOrphans(EngineSession session) throws SQLException {
    return session
        .statement(
            """
            UPDATE {job_queue} q SET state = 'R', due_at = NULL
            WHERE state = 'I' AND job_id IN (SELECT id FROM {job} WHERE status = 'BLOCKED')
              AND NOT EXISTS (
                SELECT 1 FROM {job_blocked} b
                WHERE b.job_id = q.job_id AND b.waiting)""")
        .executeUpdate();
  }
}
