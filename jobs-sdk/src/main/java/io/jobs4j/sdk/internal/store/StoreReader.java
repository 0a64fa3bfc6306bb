package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.sql.Database;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;

/** Asks the database, on a connection of any thread's. Safe for use by several threads. */
final class StoreReader {
  private final Database database;
  private volatile boolean closed;

  StoreReader(Database database) {
    this.database = database;
  }

  /**
   * Asks the database. A pool would refuse an interrupted thread; its interrupt is for what it does
   * afterwards.
   *
   * @throws StoreException if the database fails or this is closed
   */
  <T> T read(HandleCallback<T, RuntimeException> query) {
    boolean interrupted = Thread.interrupted();
    try {
      StoreErrors.requireOpen(closed);
      return database.jdbi().withHandle(query);
    } catch (JdbiException e) {
      StoreErrors.requireOpen(closed);
      throw new StoreException("The database could not be read.", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Refuses whatever is asked from now on. */
  void close() {
    closed = true;
  }
}
