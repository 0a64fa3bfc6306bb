package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.sql.Watchdog;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection on which the writer changes the database. It is opened when it is needed, and
 * again after it has broken. Used by the writer's thread alone, but others may abort it.
 */
final class WriterSession {
  private static final Logger log = LoggerFactory.getLogger(WriterSession.class);

  /** How long a group waits for locks before it is looked for what is in its way. */
  static final int LOCK_MILLIS = 250;

  /** The same for a change that waited before, while others wait for it. */
  static final int SHORT_LOCK_MILLIS = 50;

  /** The same for what the engine does for itself alone, when it comes, comes back or leaves. */
  static final int LONG_LOCK_MILLIS = 5000;

  /** No group takes as long; a connection on which one does is taken for broken. */
  private static final Duration LEAST_SILENCE = Duration.ofMinutes(1);

  private final Database database;
  private final Duration lease;
  private final Duration silence;
  private volatile @Nullable EngineSession session;

  /**
   * A connection that is not open yet.
   *
   * @param lease that of the engine
   * @param databaseWait how long a caller waits for a database that does not answer
   */
  WriterSession(Database database, Duration lease, Duration databaseWait) {
    this.database = database;
    this.lease = lease;
    this.silence = databaseWait.compareTo(LEAST_SILENCE) < 0 ? LEAST_SILENCE : databaseWait;
  }

  /** The session, which is opened if there is none. */
  EngineSession open() {
    EngineSession known = session;
    if (known != null) {
      return known;
    }
    database.requireLock();
    Handle handle;
    try {
      handle = database.jdbi().open();
    } catch (RuntimeException e) {
      // What holds the lock may be the last connection to a database that has failed.
      database.forgetLock();
      throw e;
    }
    EngineSession opened = new EngineSession(handle, database.dialect(), database.names());
    session = opened;
    try {
      database.dialect().opened(opened, database.durability(), lease);
    } catch (SQLException e) {
      throw new StoreException("The database's session could not be set up.", e);
    }
    return opened;
  }

  /**
   * Begins a transaction.
   *
   * @param lockMillis how long it waits for a lock
   */
  void begin(EngineSession open, int lockMillis) throws SQLException {
    open.announcements().clear();
    open.handle().begin();
    database.dialect().begun(open, database.durability(), lease, lockMillis);
  }

  /** Commits the transaction under way, as durable as is asked for. */
  void commit(EngineSession open) {
    open.handle().commit();
    afterCommit(open);
  }

  /** Makes what was committed as durable as is asked for. */
  void afterCommit(EngineSession open) {
    database.dialect().afterCommit(open.handle(), database.durability());
  }

  /** The connection is aborted if what is done on it takes far too long. */
  void watch(EngineSession open) {
    database.watchdog().watch(open.handle().getConnection(), System.nanoTime(), silence);
  }

  /** The connection may rest for any time. */
  void unwatch() {
    EngineSession known = session;
    if (known != null) {
      database.keep(known.handle());
    }
  }

  void drop() {
    drop(SqlFailure.OTHER);
  }

  /**
   * Closes the connection.
   *
   * @param failure why
   */
  void drop(SqlFailure failure) {
    EngineSession known = session;
    if (known == null) {
      return;
    }
    try {
      if (failure == SqlFailure.DATABASE_CLOSED) {
        database.keep(known.handle());
        database.failed(known.handle());
      } else {
        // What is left behind is put in order first, by a database that may not answer.
        watch(known);
        known.close();
      }
    } finally {
      session = null;
    }
  }

  /** Has the database in this process closed at once, so that it is opened anew. */
  void shutDown(EngineSession open) {
    try {
      open.handle().execute("SHUTDOWN IMMEDIATELY");
    } catch (JdbiException e) {
      log.debug("The database was closed already", e);
    } finally {
      drop(SqlFailure.DATABASE_CLOSED);
    }
  }

  /** Cuts the connection, for a thread that is stuck on it. Any thread may do it. */
  void abort() {
    EngineSession stuck = session;
    if (stuck != null) {
      Watchdog.abort(stuck.handle().getConnection());
    }
  }
}
