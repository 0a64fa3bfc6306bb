package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The tenant queues in the database. */
final class QueueTable {
  private QueueTable() {}

  static List<TenantQueue> read(Handle handle) {
    return handle
        .createQuery("SELECT name, tenant_id, priority, filter, workers FROM {tenant_queue}")
        .map(
            (row, context) ->
                new TenantQueue(
                    row.getString(1),
                    row.getString(2),
                    row.getInt(3),
                    row.getString(4),
                    row.getInt(5)))
        .list();
  }

  /** Adds queues that are not there and changes those that are; none is ever removed. */
  static void write(
      EngineSession session, Collection<TenantQueue> queues, Collection<TenantQueue> existing)
      throws SQLException {
    Map<String, TenantQueue> known =
        existing.stream().collect(Collectors.toMap(TenantQueue::name, Function.identity()));
    for (TenantQueue queue : queues) {
      TenantQueue before = known.get(queue.name());
      if (queue.equals(before)) {
        continue;
      }
      PreparedStatement statement =
          session.statement(
              before == null
                  ? """
                  INSERT INTO {tenant_queue} (tenant_id, priority, filter, workers, name)
                  VALUES (?, ?, ?, ?, ?)"""
                  : """
                  UPDATE {tenant_queue} SET tenant_id = ?, priority = ?, filter = ?, workers = ?
                  WHERE name = ?""");
      statement.setString(1, queue.tenantId());
      statement.setInt(2, queue.priority());
      statement.setString(3, queue.filter());
      statement.setInt(4, queue.numWorkers());
      statement.setString(5, queue.name());
      statement.executeUpdate();
    }
  }
}
