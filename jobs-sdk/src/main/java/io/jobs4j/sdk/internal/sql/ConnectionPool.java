package io.jobs4j.sdk.internal.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.sdk.StoreException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Opens pools of connections to databases that an engine has by a URL. Stateless. */
final class ConnectionPool {
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  /** The pool takes no shorter limit. */
  private static final long SHORTEST_WAIT_MILLIS = 250;

  /** How long the pool waits at most to see that a connection is dead. */
  private static final long VALIDATION_MILLIS = 1000;

  /** How many sessions are held ready for readers of an H2 file. */
  private static final int READY_SESSIONS = 8;

  private ConnectionPool() {}

  /**
   * Opens a pool, which has one connection at least when this returns.
   *
   * @param exclusive whether no other engine can work on the database, so that another is the
   *     likely reason for a failure
   * @param keepsReady whether sessions are held ready for readers at all times
   * @param wait how long the database may take to answer
   * @throws StoreException if there is no driver for the URL, or the database cannot be reached
   */
  static HikariDataSource open(
      String url,
      String user,
      String password,
      boolean exclusive,
      boolean keepsReady,
      Duration wait) {
    requireDriver(url);
    HikariConfig config = new HikariConfig();
    config.setPoolName("jobs4j");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(1);
    if (keepsReady) {
      // While its disk is full H2 makes no session, and readers are to go on with those there are.
      config.setMinimumIdle(READY_SESSIONS);
      config.setMaxLifetime(0);
    }
    config.setInitializationFailTimeout(1);
    config.setConnectionTimeout(connectionMillis(Connections.opening(wait)));
    config.setValidationTimeout(Math.min(connectionMillis(wait), VALIDATION_MILLIS));
    try {
      return connected(config, Connections.opening(wait).plus(Connections.GRACE));
    } catch (RuntimeException e) {
      throw new StoreException(
          exclusive && !(e instanceof StoreException)
              ? "The database cannot be opened (is another engine using it?): "
                  + SqlFailure.rootMessage(e)
              : "The database cannot be opened: " + SqlFailure.rootMessage(e),
          e);
    }
  }

  /** Has callers wait no longer for a connection than a database may take to answer. */
  static void limit(HikariDataSource pool, Duration wait) {
    pool.setConnectionTimeout(connectionMillis(wait));
  }

  /** Drivers may wait for an answer for any time; a pool that comes too late is closed. */
  private static HikariDataSource connected(HikariConfig config, Duration limit) {
    CompletableFuture<HikariDataSource> coming = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                HikariDataSource pool = new HikariDataSource(config);
                if (!coming.complete(pool)) {
                  pool.close();
                }
              } catch (RuntimeException | Error e) {
                coming.completeExceptionally(e);
              }
            },
            "jobs4j-connect");
    thread.setDaemon(true);
    thread.start();
    if (!Threads.ended(thread, limit)) {
      coming.completeExceptionally(new StoreException("it has not answered within " + limit + "."));
    }
    try {
      return coming.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw e;
    }
  }

  private static long connectionMillis(Duration wait) {
    return Math.max(Math.min(wait.toMillis(), LONGEST_WAIT_MILLIS), SHORTEST_WAIT_MILLIS);
  }

  private static void requireDriver(String url) {
    try {
      Object unused = DriverManager.getDriver(url);
    } catch (SQLException e) {
      // What follows may be a password.
      String kind = url.replaceAll("^(jdbc:[A-Za-z0-9]+:).*", "$1");
      throw new StoreException(
          "The database cannot be opened: no JDBC driver for %s is on the class path."
              .formatted(kind.equals(url) ? "the URL" : kind),
          e);
    }
  }
}
