package io.jobs4j.sdk.internal.sql;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The writer's connection with its statements, which are prepared once: some databases would
 * otherwise spend more time on reading the SQL than on doing it. Used by one thread.
 */
public class Session implements AutoCloseable {

  private final Handle handle;
  private final Dialect dialect;
  private final Names names;

  /** By their SQL before names are resolved, or by that of all that are sent as one. */
  private final Map<List<String>, PreparedStatement> statements = new HashMap<>();

  /** What is to be sent with the next statement, or before the commit. */
  private final List<Later> later = new ArrayList<>();

  /** How long it waits for locks; -1 if that is not certain. */
  private int lockMillis = -1;

  /** The isolation of the connection's transactions before; -1 if as now. */
  private int foundIsolation = -1;

  /** Statements that undo what was set up. */
  private List<String> undo = List.of();

  public Session(Handle handle, Dialect dialect, Names names) {
    this.handle = handle;
    this.dialect = dialect;
    this.names = names;
  }

  public Handle handle() {
    return handle;
  }

  /** Reads what a statement has returned: rows, or how many it has changed. */
  public interface Reader {
    void read(@Nullable ResultSet rows, int changed) throws SQLException;
  }

  private record Later(String sql, List<@Nullable Object> parameters, Reader reader) {}

  /**
   * Executes a statement whose result nobody needs yet: together with others, in their order,
   * before the next one that somebody needs or before the commit, where the database takes several
   * at once; otherwise now.
   *
   * @param reader reads the result when it is there
   */
  public void later(String sql, List<@Nullable Object> parameters, Reader reader)
      throws SQLException {
    later.add(new Later(sql, parameters, reader));
    if (!dialect.takesSeveral()) {
      flush();
    }
  }

  /** Has a statement executed whose result is of no interest, perhaps together with others. */
  public void later(String sql, List<@Nullable Object> parameters) throws SQLException {
    later(sql, parameters, (rows, changed) -> {});
  }

  /** Executes what was put off. */
  public void flush() throws SQLException {
    if (later.isEmpty()) {
      return;
    }
    List<Later> all = List.copyOf(later);
    later.clear();
    PreparedStatement statement = prepared(all.stream().map(Later::sql).toList());
    int parameter = 1;
    for (Later one : all) {
      for (Object value : one.parameters()) {
        statement.setObject(parameter++, value);
      }
    }
    boolean hasRows = statement.execute();
    for (Later one : all) {
      if (hasRows) {
        try (ResultSet rows = statement.getResultSet()) {
          one.reader().read(rows, -1);
        }
      } else {
        one.reader().read(null, statement.getUpdateCount());
      }
      hasRows = statement.getMoreResults();
    }
    // Of many jobs, and the statement stays.
    statement.clearParameters();
  }

  /** A statement, not to be closed by the caller and free again when it has been executed. */
  public PreparedStatement statement(String sql) throws SQLException {
    flush();
    return prepared(List.of(sql));
  }

  /** The statement of {@link Dialect#lockFirst}. */
  public PreparedStatement lockFirst(
      String table, String key, String columns, String condition, String order)
      throws SQLException {
    return statement(dialect.lockFirst(table, key, columns, condition, order));
  }

  private PreparedStatement prepared(List<String> all) throws SQLException {
    PreparedStatement known = statements.get(all);
    if (known == null) {
      known = connection().prepareStatement(names.resolve(String.join("; ", all)));
      statements.put(all, known);
    }
    return known;
  }

  public Array texts(Collection<String> values) throws SQLException {
    return connection().createArrayOf("VARCHAR", values.toArray());
  }

  /** Whether arrays can be given in place of rows. */
  public boolean unnests() {
    return dialect.unnests();
  }

  /** The values of rows as arrays, one for each column. */
  public List<@Nullable Object> arrays(List<Column> columns, List<@Nullable Object[]> rows)
      throws SQLException {
    List<@Nullable Object> arrays = new ArrayList<>(columns.size() + 1);
    for (int column = 0; column < columns.size(); column++) {
      @Nullable Object[] values = new @Nullable Object[rows.size()];
      for (int row = 0; row < values.length; row++) {
        values[row] = rows.get(row)[column];
      }
      arrays.add(connection().createArrayOf(columns.get(column).type().element(), values));
    }
    return arrays;
  }

  public Array numbers(Collection<Long> values) throws SQLException {
    return connection().createArrayOf("BIGINT", values.toArray());
  }

  /** Rolls back, and forgets what statements had gathered until then. */
  public void rollback() {
    later.clear();
    closeStatements();
    handle.rollback();
    // It may have been set in what was undone.
    lockMillis = -1;
  }

  /** Has statements undo, before the connection goes back, what is about to be set up. */
  void undoBy(List<String> statements) {
    undo = List.copyOf(statements);
  }

  /** Whether there is something to undo. */
  boolean isSetUp() {
    return !undo.isEmpty();
  }

  /** Lets transactions wait for so long for each lock, from this one on. */
  void limitLocks(int millis) throws SQLException {
    if (lockMillis != millis) {
      dialect.limitLocks(this, millis);
      lockMillis = millis;
    }
  }

  /** Has transactions of the connection see what others commit meanwhile, until it is closed. */
  void readCommitted() throws SQLException {
    int found = connection().getTransactionIsolation();
    if (found != Connection.TRANSACTION_READ_COMMITTED) {
      connection().setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      foundIsolation = found;
    }
  }

  /** Whether the database still answers. */
  public boolean isAlive() {
    try {
      return connection().isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  private Connection connection() {
    return handle.getConnection();
  }

  /** The connection goes back to whom it came from as it was, or not at all. */
  private void restore() {
    try {
      if (handle.isInTransaction()) {
        // What is undone within it would be set again by its end.
        handle.rollback();
      }
      if (isSetUp()) {
        handle.execute(String.join("; ", undo));
      }
      if (foundIsolation >= 0) {
        connection().setTransactionIsolation(foundIsolation);
      }
    } catch (SQLException | JdbiException e) {
      abort();
    }
  }

  private void abort() {
    try {
      connection().abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone already.
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
    restore();
    try {
      handle.close();
    } catch (JdbiException e) {
      // It is gone already.
    }
  }
}
