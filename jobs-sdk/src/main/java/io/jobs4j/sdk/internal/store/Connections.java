package io.jobs4j.sdk.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Connections of a source, which commit each statement by themselves unless a transaction is begun,
 * whatever the source thinks of that: a connection that listens within a transaction hears nothing,
 * and one that has read within one sees no news. They are given back as they were found. Safe for
 * use by several threads.
 */
final class Connections implements ConnectionFactory {
  private final DataSource source;

  /** Those in use that did not commit by themselves. */
  private final Set<Connection> changed =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  Connections(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection openConnection() throws SQLException {
    Connection connection = source.getConnection();
    try {
      if (!connection.getAutoCommit()) {
        connection.setAutoCommit(true);
        changed.add(connection);
      }
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    try (connection) {
      if (changed.remove(connection) && !connection.isClosed()) {
        connection.setAutoCommit(false);
      }
    }
  }
}
