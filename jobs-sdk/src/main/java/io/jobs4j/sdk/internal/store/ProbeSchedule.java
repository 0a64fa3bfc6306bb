package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.Times.utc;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Recovery;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * When it is looked whether what jobs wait for has cleared, and by which engine. The times are
 * those of a policy, except for the looks of engines that start: these come before and leave the
 * policy's times and attempts as they are. Used by the writer's thread alone.
 */
final class ProbeSchedule {
  /**
   * How far apart the looks of engines that start are, so that many that start at once, or one that
   * dies again and again, do not storm a system in trouble.
   */
  static final Duration BETWEEN_STARTS = Duration.ofSeconds(10);

  private ProbeSchedule() {}

  /**
   * Takes what is due; nobody else looks at it until {@code pause} has passed or the engine is
   * gone.
   *
   * @param engine the one that looks
   */
  static List<Recovery> takeDue(
      EngineSession session, String engine, Instant now, Duration pause, int limit)
      throws SQLException {
    List<Recovery> due = new ArrayList<>();
    PreparedStatement select =
        session.lockFirst(
            "{recovery}",
            "id",
            "id, tenant_id, condition_code, subject, attempts, scheduled, trials",
            "next_attempt <= ?",
            "next_attempt");
    select.setObject(1, utc(now));
    select.setInt(2, limit);
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Instant scheduled = Times.timeOrNull(rows, "scheduled");
        boolean early = scheduled != null && scheduled.isAfter(now);
        due.add(
            new Recovery(
                rows.getString(1),
                rows.getString(2),
                RecoveryCondition.valueOf(rows.getString(3)),
                rows.getString(4),
                rows.getInt(5) + (early ? 0 : 1),
                early,
                rows.getInt(7) > 0));
      }
    }
    for (Recovery recovery : due) {
      PreparedStatement update =
          session.statement(
              """
              UPDATE {recovery} SET attempts = ?, next_attempt = ?, engine = ?, looked = ?,
                scheduled = CASE WHEN ? THEN scheduled END
              WHERE id = ?""");
      update.setInt(1, recovery.attempt());
      update.setObject(2, utc(now.plus(pause)));
      update.setString(3, engine);
      update.setObject(4, utc(now));
      update.setBoolean(5, recovery.early());
      update.setString(6, recovery.id());
      update.executeUpdate();
    }
    return due;
  }

  /** Plans the next attempt after one that found nothing cleared. */
  static void failed(EngineSession session, Recovery recovery, RecoveryPolicy policy, Instant now)
      throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {recovery} SET attempts = ?, engine = NULL, looked = ?, trials = NULL,
              next_attempt = CASE WHEN scheduled IS NULL THEN ? ELSE scheduled END, scheduled = NULL
            WHERE id = ?""");
    update.setInt(1, recovery.attempt());
    update.setObject(2, utc(now));
    update.setObject(3, utc(now.plus(policy.waitBefore(recovery.attempt() + 1))));
    update.setString(4, recovery.id());
    update.executeUpdate();
  }

  /**
   * Plans when the rest are looked at after some jobs went on. Before the policy's time they still
   * are early.
   */
  static void cleared(EngineSession session, Recovery recovery, Instant again, Instant now)
      throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {recovery} SET attempts = 0, engine = NULL, looked = ?, next_attempt = ?
            WHERE id = ?""");
    update.setObject(1, utc(now));
    update.setObject(2, utc(again));
    update.setString(3, recovery.id());
    update.executeUpdate();
  }

  /**
   * Notes that jobs got past the points where they had been blocked, so that more can follow that
   * wait for the same.
   *
   * @param passed how many of them had been blocked on what
   */
  static void passed(
      EngineSession session, Collection<Long> jobIds, Map<String, Integer> passed, Instant now)
      throws SQLException {
    if (passed.isEmpty()) {
      return;
    }
    RecoveryTable.forget(session, jobIds);
    for (Map.Entry<String, Integer> one : passed.entrySet()) {
      passed(session, one.getKey(), one.getValue(), now);
    }
  }

  /** How many of some jobs had been blocked on what, by the ids of that. */
  static Map<String, Integer> blockedOn(EngineSession session, Collection<Long> jobIds)
      throws SQLException {
    Map<String, Integer> blocked = new LinkedHashMap<>();
    if (jobIds.isEmpty()) {
      return blocked;
    }
    PreparedStatement select =
        session.statement(
            """
            SELECT recovery_id, COUNT(*) FROM {job_blocked} WHERE job_id = ANY(?)
            GROUP BY recovery_id ORDER BY recovery_id""");
    select.setArray(1, session.numbers(jobIds));
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        blocked.put(rows.getString(1), rows.getInt(2));
      }
    }
    return blocked;
  }

  /**
   * Notes that jobs which were let go on as a trial got any further: twice as many may follow at
   * once. If one has failed since, its trial is over, and the others of it say nothing.
   */
  private static void passed(EngineSession session, String id, int jobs, Instant now)
      throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {recovery} SET trials = trials + ?,
              next_attempt = CASE WHEN engine IS NULL AND next_attempt > ? THEN ?
                ELSE next_attempt END
            WHERE id = ? AND trials IS NOT NULL""");
    update.setInt(1, 2 * jobs);
    update.setObject(2, utc(now));
    update.setObject(3, utc(now));
    update.setString(4, id);
    update.executeUpdate();
  }

  /**
   * Begins another trial, in a row that is locked; returns how many jobs may go on for the last.
   *
   * @param most how many of them do at most; the rest may still in the next
   */
  static int takeTrials(EngineSession session, Recovery recovery, int most) throws SQLException {
    PreparedStatement select =
        session.statement("SELECT trials FROM {recovery} WHERE id = ? FOR UPDATE");
    select.setString(1, recovery.id());
    int trials;
    try (ResultSet rows = select.executeQuery()) {
      trials = rows.next() ? rows.getInt(1) : 0;
    }
    PreparedStatement update = session.statement("UPDATE {recovery} SET trials = ? WHERE id = ?");
    update.setInt(1, Math.max(0, trials - most));
    update.setString(2, recovery.id());
    update.executeUpdate();
    return trials;
  }

  /** Has everything of one kind looked at soon. */
  static int hasten(
      EngineSession session, RecoveryCondition condition, String subject, Instant time)
      throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {recovery} SET next_attempt = ?
            WHERE condition_code = ? AND subject = ? AND next_attempt > ?""");
    update.setObject(1, utc(time));
    update.setString(2, condition.name());
    update.setString(3, subject);
    update.setObject(4, utc(time));
    return update.executeUpdate();
  }

  /**
   * Has everything looked at now for an engine that starts, as what troubled its predecessor may be
   * over; what was looked at a moment ago a little later. What somebody looks at is left alone.
   */
  static int hastenAll(EngineSession session, Instant now) throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {recovery} SET next_attempt = CASE WHEN looked > ? THEN ? ELSE ? END,
              scheduled = CASE WHEN scheduled IS NULL THEN next_attempt ELSE scheduled END
            WHERE engine IS NULL AND next_attempt > CASE WHEN looked > ? THEN ? ELSE ? END""");
    for (int first = 1; first <= 4; first += 3) {
      update.setObject(first, utc(now.minus(BETWEEN_STARTS)));
      update.setObject(first + 1, utc(now.plus(BETWEEN_STARTS)));
      update.setObject(first + 2, utc(now));
    }
    return update.executeUpdate();
  }

  /** Has what an engine looked at that is gone be due again at once. */
  static void abandon(EngineSession session, String engine) throws SQLException {
    PreparedStatement update =
        session.statement(
            "UPDATE {recovery} SET engine = NULL, next_attempt = looked WHERE engine = ?");
    update.setString(1, engine);
    update.executeUpdate();
  }
}
