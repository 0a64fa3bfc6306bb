package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.EngineClosedException;
import io.jobs4j.sdk.OutcomeUnknownException;
import io.jobs4j.sdk.StoreException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What callers are told when a change could not be stored. */
final class StoreErrors {
  private StoreErrors() {}

  static StoreException closed() {
    return new EngineClosedException();
  }

  /** Refuses what comes too late. */
  static void requireOpen(boolean closed) {
    if (closed) {
      throw closed();
    }
  }

  /** Nobody knows whether a commit was made. */
  static StoreException unknown(@Nullable Throwable cause) {
    return new OutcomeUnknownException(cause);
  }

  static StoreException locked() {
    return new StoreException(
        "The database could not store a change: another transaction holds a lock that it needs.");
  }

  static StoreException unavailable(@Nullable Throwable cause) {
    if (cause instanceof OutcomeUnknownException known) {
      return known;
    }
    return new StoreException("The database could not store a change: it does not answer.", cause);
  }

  /** An error as callers may see it. */
  static JobsException asJobsException(@Nullable Throwable cause) {
    if (cause instanceof JobsException known) {
      return known;
    }
    return new StoreException(
        causedByDatabase(cause)
            ? "The database could not store a change."
            : "A change could not be stored because of an internal error.",
        cause);
  }

  private static boolean causedByDatabase(@Nullable Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof SQLException) {
        return true;
      }
    }
    return cause == null;
  }
}
