package io.jobs4j.sdk.internal.sql;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.PGConnection;

/** Proxies between an engine and PostgreSQL, which may give each transaction another session. */
public final class Proxies {
  private static final int LOOKS = 10;

  private static final String TRANSACTION =
      """
      SELECT pid, CAST(split_part(virtualtransaction, '/', 2) AS BIGINT) FROM pg_locks
      WHERE locktype = 'virtualxid' AND pid = pg_backend_pid()""";

  private Proxies() {}

  /** What is between an engine and the server. */
  enum Route {
    /** Nothing: the connection has its session for itself. */
    DIRECT,
    /** Something else than the server answered when the connection was made. */
    PROXIED,
    /** The driver's connection does not show itself. */
    UNKNOWN
  }

  /** How a connection goes to the server. */
  static Route route(Handle handle) {
    try {
      int told = handle.getConnection().unwrap(PGConnection.class).getBackendPID();
      return told == transaction(handle).process() ? Route.DIRECT : Route.PROXIED;
    } catch (SQLException | LinkageError e) {
      return Route.UNKNOWN;
    }
  }

  /**
   * Whether a connection has a session for itself while another connection is busy. It is asked
   * without leaving anything on the session, which may be somebody else's the next moment: sessions
   * count their transactions, and those of one that nobody else uses follow one another.
   */
  public static boolean keepsSession(Jdbi jdbi, Handle handle) {
    try (Handle other = jdbi.open()) {
      Transaction last = transaction(handle);
      for (int look = 0; look < LOOKS; look++) {
        Transaction between = transaction(other);
        Transaction next = transaction(handle);
        if (between.process() == next.process() || !next.equals(last.next())) {
          return false;
        }
        last = next;
      }
      return true;
    }
  }

  private static Transaction transaction(Handle handle) {
    return handle
        .createQuery(TRANSACTION)
        .map((row, context) -> new Transaction(row.getInt(1), row.getLong(2)))
        .one();
  }

  /** A transaction by the process of its session and its number there. */
  private record Transaction(int process, long number) {
    Transaction next() {
      return new Transaction(process, number + 1);
    }
  }
}
