package io.jobs4j.sdk.internal.sql;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the failure of a statement means for those who may try again. */
public enum SqlFailure {
  /** Somebody else holds a lock that is needed. */
  LOCKED,
  /** The transaction was undone for the sake of another one (class 40). */
  ROLLED_BACK,
  /** A row, table or index was made by somebody else meanwhile, and is there the next time. */
  MADE_MEANWHILE,
  /** A table does not exist. */
  TABLE_MISSING,
  /** The user may not do it. */
  DENIED,
  /** The statement is not understood, or names what is not there. */
  NOT_UNDERSTOOD,
  /** The database itself has failed and has closed; it has to be opened again. */
  DATABASE_CLOSED,
  /** Anything else. */
  OTHER;

  private static final Set<String> LOCK_STATES = Set.of("HYT00", "55P03");
  private static final Set<String> EXISTS_STATES = Set.of("23505", "42S01", "42S11", "42P07");
  private static final Set<String> MISSING_STATES = Set.of("42P01", "42S02", "42S03", "42S04");
  private static final Set<String> DENIED_STATES = Set.of("42501", "90096");

  /** Classes of syntax, of values and of features, and what H2 calls the last. */
  private static final Set<String> NOT_UNDERSTOOD_STATES =
      Set.of("07", "0A", "22", "42", "HYC00", "90022");

  /**
   * H2's codes for a database that is closed or whose file cannot be used: a transaction in it can
   * neither be ended nor rolled back. A full disk is a "general error".
   */
  private static final Set<Integer> CLOSED_CODES =
      Set.of(50000, 90007, 90028, 90030, 90031, 90067, 90098, 90121);

  /** What an error means, whatever it is wrapped in. */
  public static SqlFailure of(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        if (CLOSED_CODES.contains(sql.getErrorCode())) {
          return DATABASE_CLOSED;
        } else if (sql.getSQLState() != null) {
          return of(sql.getSQLState());
        }
      }
    }
    return OTHER;
  }

  /**
   * Whether the database has refused the values of a change, so that it will refuse them again
   * (SQLState classes 22 and 23).
   */
  public static boolean isOfValues(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23");
      }
    }
    return false;
  }

  private static SqlFailure of(String state) {
    if (LOCK_STATES.contains(state)) {
      return LOCKED;
    } else if (state.startsWith("40")) {
      return ROLLED_BACK;
    } else if (EXISTS_STATES.contains(state)) {
      return MADE_MEANWHILE;
    } else if (MISSING_STATES.contains(state)) {
      return TABLE_MISSING;
    } else if (DENIED_STATES.contains(state)) {
      return DENIED;
    }
    return NOT_UNDERSTOOD_STATES.stream().anyMatch(state::startsWith) ? NOT_UNDERSTOOD : OTHER;
  }

  /**
   * Whether the same may well succeed the next time, because another transaction was in the way.
   */
  public boolean isPassing() {
    return this == LOCKED || this == ROLLED_BACK || this == MADE_MEANWHILE;
  }

  /** Whether the same will fail the next time too, because of what the database is. */
  public boolean isRefusal() {
    return this == NOT_UNDERSTOOD || this == DENIED || this == TABLE_MISSING;
  }

  /**
   * Whether an error says that what was committed may not be on the disk, and that to ask again
   * would not tell.
   */
  public static boolean failedToForce(Throwable error) {
    return RetryingFile.failedToForce(error);
  }

  /** What the first cause of an error says, or what it is if it says nothing. */
  public static String rootMessage(@Nullable Throwable error) {
    Throwable root = error;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    String message = root == null ? null : root.getMessage();
    return message == null ? String.valueOf(root) : message;
  }
}
