package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Quota;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts active jobs. Counts are not kept but taken anew from the rows of the jobs, so they cannot
 * come to differ from them; a row for each system is locked meanwhile, so that nobody else lets
 * jobs become active. Used by the writer's thread alone.
 */
final class QuotaTable {
  /** Systems whose active jobs are marked, of those that had no limits before. */
  private final Set<Quota.SystemKey> marked = new HashSet<>();

  /** The active jobs of systems, of which no more become active until the transaction ends. */
  Map<Quota.SystemKey, Quota.Counts> lock(
      EngineSession session, Collection<Quota.SystemKey> systems) throws SQLException {
    Map<Quota.SystemKey, Quota.Counts> counts = new HashMap<>();
    // In one order for all engines, lest they wait for each other.
    List<Quota.SystemKey> ordered =
        systems.stream().distinct().sorted((a, b) -> key(a).compareTo(key(b))).toList();
    for (Quota.SystemKey system : ordered) {
      lock(session, system);
      if (marked.add(system)) {
        mark(session, system);
      }
      counts.put(system, count(session, system));
    }
    return counts;
  }

  /** What was marked last may not be, so it is done again. */
  void rolledBack() {
    marked.clear();
  }

  private static String key(Quota.SystemKey system) {
    return system.tenantId() + "/" + system.id();
  }

  private static void lock(EngineSession session, Quota.SystemKey system) throws SQLException {
    PreparedStatement select =
        session.statement("SELECT system_id FROM {quota} WHERE system_id = ? FOR UPDATE");
    select.setString(1, key(system));
    try (ResultSet rows = select.executeQuery()) {
      if (rows.next()) {
        return;
      }
    }
    // If another engine does the same, one of the two is refused and tries again.
    PreparedStatement insert = session.statement("INSERT INTO {quota} (system_id) VALUES (?)");
    insert.setString(1, key(system));
    insert.executeUpdate();
  }

  private static void mark(EngineSession session, Quota.SystemKey system) throws SQLException {
    PreparedStatement update =
        session.statement(
            """
            UPDATE {job_queue} SET admitted = TRUE
            WHERE NOT admitted AND system_id = ? AND (tenant_id = ? OR ? = '')
              AND job_id IN (
                SELECT id FROM {job}
                WHERE system_id = ? AND status NOT IN ('ACCEPTED', 'PENDING')
                  AND COALESCE(held_in, status) <> 'PENDING')""");
    update.setString(1, system.id());
    update.setString(2, system.tenantId());
    update.setString(3, system.tenantId());
    update.setString(4, system.id());
    update.executeUpdate();
  }

  private static Quota.Counts count(EngineSession session, Quota.SystemKey system)
      throws SQLException {
    PreparedStatement select =
        session.statement(
            """
            SELECT tenant_id, owner, COALESCE(remote_queue, ''), app_id, COUNT(*) FROM {job_queue}
            WHERE admitted = TRUE AND system_id = ? AND (tenant_id = ? OR ? = '')
            GROUP BY tenant_id, owner, COALESCE(remote_queue, ''), app_id""");
    select.setString(1, system.id());
    select.setString(2, system.tenantId());
    select.setString(3, system.tenantId());
    Quota.Counts counts = new Quota.Counts();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Quota.Place place =
            new Quota.Place(
                rows.getString(1) + "/" + rows.getString(2), rows.getString(3), rows.getString(4));
        counts.add(place, rows.getInt(5));
      }
    }
    return counts;
  }

  /** Which of these jobs are active. */
  static Set<Long> admitted(EngineSession session, Collection<Long> jobIds) throws SQLException {
    PreparedStatement select =
        session.statement(
            "SELECT job_id FROM {job_queue} WHERE admitted = TRUE AND job_id = ANY(?)");
    select.setArray(1, session.numbers(jobIds));
    Set<Long> admitted = new HashSet<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        admitted.add(rows.getLong(1));
      }
    }
    return admitted;
  }

  /** Jobs become active. */
  static void admit(EngineSession session, Collection<Long> jobIds) throws SQLException {
    PreparedStatement update =
        session.statement("UPDATE {job_queue} SET admitted = TRUE WHERE job_id = ANY(?)");
    update.setArray(1, session.numbers(jobIds));
    update.executeUpdate();
  }
}
