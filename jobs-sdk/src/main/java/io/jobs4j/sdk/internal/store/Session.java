package io.jobs4j.sdk.internal.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer's connection with its statements, which are prepared once: some databases would
 * otherwise spend more time on reading the SQL than on doing it. Used by one thread.
 */
final class Session implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Session.class);

  private final Handle handle;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final News news = new News();

  /** How long the connection waited for the database before, in milliseconds; -1 if as now. */
  private int foundTimeout = -1;

  Session(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
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

  /** Whether arrays can be given in place of rows. */
  boolean unnests() {
    return dialect.unnests();
  }

  /** Gives the values of rows as arrays, one for each column. */
  void setArrays(PreparedStatement statement, List<Column> columns, List<@Nullable Object[]> rows)
      throws SQLException {
    for (int column = 0; column < columns.size(); column++) {
      @Nullable Object[] values = new @Nullable Object[rows.size()];
      for (int row = 0; row < values.length; row++) {
        values[row] = rows.get(row)[column];
      }
      statement.setArray(
          column + 1, connection().createArrayOf(columns.get(column).type().element(), values));
    }
  }

  Array numbers(Collection<Long> values) throws SQLException {
    return connection().createArrayOf("BIGINT", values.toArray());
  }

  /** Rolls back, and forgets what statements had gathered until then. */
  void rollback() {
    closeStatements();
    handle.rollback();
  }

  /** Takes the connection for broken if the database says nothing for so long. */
  void limitSilence(Duration time) {
    try {
      int found = connection().getNetworkTimeout();
      connection().setNetworkTimeout(Runnable::run, Math.toIntExact(time.toMillis()));
      foundTimeout = found;
    } catch (SQLException e) {
      // Some drivers cannot; then only the operating system notices.
      log.debug("The silence of the database cannot be limited: {}", e.getMessage());
    }
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

  /** The connection goes back to whom it came from. */
  private void restoreTimeout() {
    if (foundTimeout >= 0) {
      try {
        connection().setNetworkTimeout(Runnable::run, foundTimeout);
      } catch (SQLException e) {
        // It is gone already.
      }
    }
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
    restoreTimeout();
    try {
      handle.close();
    } catch (JdbiException e) {
      // It is gone already.
    }
  }
}
