package io.jobs4j.sdk.internal.store;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What databases say when somebody else was in the way. */
final class Conflicts {
  /** A lock was not given in time; a row, table or index was made by somebody else meanwhile. */
  private static final Set<String> PASSING =
      Set.of("HYT00", "55P03", "23505", "42S01", "42S11", "42P07");

  private Conflicts() {}

  /**
   * Whether the same may well succeed the next time, because another transaction was in the way.
   */
  static boolean isPassing(@Nullable Throwable error) {
    String state = state(error);
    return isRolledBack(error) || PASSING.contains(state);
  }

  /** Whether the database has undone the transaction for the sake of another (class 40). */
  static boolean isRolledBack(@Nullable Throwable error) {
    return state(error).startsWith("40");
  }

  /** Whether a table does not exist. */
  static boolean isMissingTable(@Nullable Throwable error) {
    return Set.of("42P01", "42S02", "42S03", "42S04").contains(state(error));
  }

  /** Whether the user may not do it. */
  static boolean isDenied(@Nullable Throwable error) {
    return Set.of("42501", "90096").contains(state(error));
  }

  /** The SQLState of an error; empty if it has none. */
  private static String state(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }
}
