package io.jobs4j.sdk.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.postgresql.PGConnection;

/**
 * Connections of a source, which commit each statement by themselves unless a transaction is begun,
 * whatever the source thinks of that: a connection that listens within a transaction hears nothing,
 * and one that has read within one sees no news. They are given back as they were found. Safe for
 * use by several threads.
 */
final class Connections implements ConnectionFactory {
  private final DataSource source;

  /** Whether a statement that the server prepared may be unknown to it the next time. */
  private volatile boolean forgetful;

  /** How often those in use run a statement before the server is to prepare it, as it was found. */
  private final Map<Connection, Integer> thresholds =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** Those in use that did not commit by themselves. */
  private final Set<Connection> changed =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  Connections(DataSource source) {
    this.source = source;
  }

  /** Has no statements prepared by the server from now on. */
  void prepareNothing() {
    forgetful = true;
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection connection = source.getConnection();
    try {
      if (forgetful) {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        thresholds.put(connection, postgres.getPrepareThreshold());
        postgres.setPrepareThreshold(0);
      }
      if (!connection.getAutoCommit()) {
        connection.setAutoCommit(true);
        changed.add(connection);
      }
    } catch (SQLException | RuntimeException e) {
      closeConnection(connection);
      throw e;
    }
    return connection;
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    try (connection) {
      Integer threshold = thresholds.remove(connection);
      boolean manual = changed.remove(connection);
      if (threshold != null && !connection.isClosed()) {
        connection.unwrap(PGConnection.class).setPrepareThreshold(threshold);
      }
      if (manual && !connection.isClosed()) {
        connection.setAutoCommit(false);
      }
    }
  }
}
