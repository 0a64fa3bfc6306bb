package io.jobs4j.sdk.internal.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * The writer's connection with its statements, which are prepared once: some databases would
 * otherwise spend more time on reading the SQL than on doing it. Used by one thread.
 */
final class Session implements AutoCloseable {
  private final Handle handle;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final News news = new News();

  Session(Handle handle) {
    this.handle = handle;
  }

  Handle handle() {
    return handle;
  }

  /** What the transaction under way has to tell other engines. */
  News news() {
    return news;
  }

  /** A statement, not to be closed by the caller and free again when it has been executed. */
  PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection().prepareStatement(sql);
      statements.put(sql, known);
    }
    return known;
  }

  Array texts(Collection<String> values) throws SQLException {
    return connection().createArrayOf("VARCHAR", values.toArray());
  }

  Array numbers(Collection<Long> values) throws SQLException {
    return connection().createArrayOf("BIGINT", values.toArray());
  }

  /** Rolls back, and forgets what statements had gathered until then. */
  void rollback() {
    closeStatements();
    handle.rollback();
  }

  /** Whether the database still answers. */
  boolean isAlive() {
    try {
      return connection().isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection connection() {
    return handle.getConnection();
  }

  private void closeStatements() {
    for (PreparedStatement statement : statements.values()) {
      try {
        statement.close();
      } catch (SQLException e) {
        // Nothing of it is used again.
      }
    }
    statements.clear();
  }

  @Override
  public void close() {
    closeStatements();
    try {
      handle.close();
    } catch (JdbiException e) {
      // It is gone already.
    }
  }
}
