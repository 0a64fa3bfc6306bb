package io.jobs4j.sdk.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of a source, which commit each statement by themselves unless a transaction is begun,
 * whatever the source thinks of that: a connection that listens within a transaction hears nothing,
 * and one that has read within one sees nothing that others commit. They are given back as they
 * were found.
 *
 * <p>Nobody waits longer for a connection, nor uses it longer, than {@code limit}; only those that
 * are {@linkplain #keep kept} may be used for any time. Safe for use by several threads.
 */
public final class Connections implements ConnectionFactory, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Connections.class);

  /** How much longer than the wait a call may take that has begun to use a connection. */
  public static final Duration GRACE = Duration.ofSeconds(2);

  /** How long it may take at least while it is opened. */
  private static final Duration OPENING = Duration.ofSeconds(10);

  private static final int MOST_CONNECTING = 64;

  private final DataSource source;
  private final boolean timed;
  private final Duration wait;
  private final Watchdog watchdog;
  private final ExecutorService connecting;
  private volatile boolean opening = true;

  /** Whether a statement that the server prepared may be unknown to it the next time. */
  private volatile boolean forgetful;

  /** How often those in use run a statement before the server is to prepare it, as it was found. */
  private final Map<Connection, Integer> thresholds =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** Those in use that did not commit by themselves. */
  private final Set<Connection> changed =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  /**
   * Connections of a source.
   *
   * @param timed whether the source itself waits no longer than {@code wait}
   * @param wait how long the database may take to answer
   */
  Connections(DataSource source, boolean timed, Duration wait, Watchdog watchdog) {
    this.source = source;
    this.timed = timed;
    this.wait = wait;
    this.watchdog = watchdog;
    this.connecting =
        new ThreadPoolExecutor(
            0,
            MOST_CONNECTING,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "jobs4j-connect");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** How long the database may take to answer while it is opened, if it may take {@code wait}. */
  static Duration opening(Duration wait) {
    return wait.compareTo(OPENING) < 0 ? OPENING : wait;
  }

  private Duration limitToConnect() {
    return opening ? opening(wait) : wait;
  }

  private Duration limit() {
    return limitToConnect().plus(GRACE);
  }

  /** Ends the time in which statements may take long as long as the database answers others. */
  void opened() {
    opening = false;
  }

  /** Lets a connection be used for any time. */
  void keep(Connection connection) {
    watchdog.unwatch(connection);
  }

  /** Has no statements prepared by the server from now on. */
  void prepareNothing() {
    forgetful = true;
  }

  @Override
  public Connection openConnection() throws SQLException {
    long since = System.nanoTime();
    Connection connection = timed ? source.getConnection() : timed();
    if (opening) {
      watchdog.watchSilence(connection, limit(), this::answers);
    } else {
      watchdog.watch(connection, since, limit());
    }
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
    } finally {
      watchdog.unwatch(connection);
    }
  }

  /** A connection of a source that may wait for any time; one that comes too late is closed. */
  private Connection timed() throws SQLException {
    CompletableFuture<Connection> coming = new CompletableFuture<>();
    try {
      connecting.execute(() -> connect(coming));
    } catch (RejectedExecutionException e) {
      throw new SQLTransientConnectionException(
          "The source of connections gives none, and many wait for it.", "08001", e);
    }
    boolean interrupted = false;
    long deadline = System.nanoTime() + limitToConnect().toNanos();
    try {
      while (true) {
        try {
          return coming.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      SQLException late =
          new SQLTransientConnectionException(
              "The source of connections gave none in time.", "08001", e);
      if (coming.completeExceptionally(late)) {
        throw late;
      }
      return coming.join();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException known) {
        throw known;
      }
      throw new SQLException("The source of connections failed.", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void connect(CompletableFuture<Connection> coming) {
    try {
      Connection connection = source.getConnection();
      if (!coming.complete(connection)) {
        connection.close();
      }
    } catch (SQLException | RuntimeException | Error e) {
      if (!coming.completeExceptionally(e)) {
        log.debug("A connection that came too late failed", e);
      }
    }
  }

  /** Whether the database answers on another connection in half of the time. */
  private boolean answers() {
    try (Connection connection = timed ? source.getConnection() : timed()) {
      watchdog.watch(connection, System.nanoTime(), limit().dividedBy(2));
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
        return true;
      } finally {
        watchdog.unwatch(connection);
      }
    } catch (SQLException | RuntimeException e) {
      return false;
    }
  }

  /** Ends the threads that wait for connections, once they have them. */
  @Override
  public void close() {
    connecting.shutdown();
  }
}
