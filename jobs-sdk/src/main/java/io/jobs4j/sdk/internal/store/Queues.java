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

/**
 * The tenant queues in the database. Safe for use by several threads. Methods throw {@link
 * io.jobs4j.sdk.StoreException} when the database fails.
 */
public final class Queues {
  private final StoreWriter writer;
  private final StoreReader reader;

  Queues(StoreWriter writer, StoreReader reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /** The tenant queues of all tenants. */
  public List<TenantQueue> list() {
    return reader.read(Queues::read);
  }

  /**
   * Adds tenant queues that are not there and changes those that are, all of them or none; none is
   * ever removed.
   *
   * @param definitions gives the queues when it is told those that exist; what it throws leaves all
   *     as it was
   */
  public void importAll(Function<Collection<TenantQueue>, Collection<TenantQueue>> definitions) {
    Integer unused =
        writer.write(
            session -> {
              List<TenantQueue> existing = read(session.handle());
              Collection<TenantQueue> queues = definitions.apply(existing);
              write(session, queues, existing);
              return queues.size();
            });
  }

  private static List<TenantQueue> read(Handle handle) {
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
  private static void write(
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
