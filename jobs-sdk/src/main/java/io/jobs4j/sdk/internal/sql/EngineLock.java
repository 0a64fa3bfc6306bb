package io.jobs4j.sdk.internal.sql;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Rows that engines lock against each other on a database that has no other locks for that. */
final class EngineLock {
  /** Of the engine that has the database for itself. */
  static final int ALONE = 1;

  /** Of the engine that changes the schema. */
  static final int SCHEMA = 2;

  private EngineLock() {}

  /**
   * Locks a row, on a connection of its own.
   *
   * @return what holds it locked until it is closed
   * @throws JdbiException at once if somebody else has it
   */
  static Handle acquire(Jdbi jdbi, int row) {
    if (!exists(jdbi, row)) {
      jdbi.useHandle(handle -> Dialect.H2.foundation().forEach(handle::execute));
    }
    Handle handle = jdbi.open();
    try {
      handle.begin();
      handle
          .createQuery("SELECT id FROM {engine_lock} WHERE id = :row FOR UPDATE NOWAIT")
          .bind("row", row)
          .mapTo(Integer.class)
          .one();
      return handle;
    } catch (JdbiException e) {
      release(handle);
      throw e;
    }
  }

  /** Gives a row back. */
  static void release(Handle lock) {
    try (lock) {
      lock.rollback();
    } catch (JdbiException e) {
      // The connection is gone already, and with it the lock: there is nothing to give back.
    }
  }

  private static boolean exists(Jdbi jdbi, int row) {
    try {
      return jdbi.withHandle(
          handle ->
              handle
                  .createQuery("SELECT id FROM {engine_lock} WHERE id = :row")
                  .bind("row", row)
                  .mapTo(Integer.class)
                  .findOne()
                  .isPresent());
    } catch (JdbiException e) {
      if (SqlFailure.of(e) == SqlFailure.TABLE_MISSING) {
        return false;
      }
      throw e;
    }
  }
}
