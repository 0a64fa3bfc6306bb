package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Where databases differ. All other SQL is the same for each of them. */
public sealed interface Dialect permits H2Dialect, PostgresDialect {
  Dialect H2 = new H2Dialect();

  Dialect POSTGRESQL = new PostgresDialect();

  /** All of them. */
  List<Dialect> ALL = List.of(H2, POSTGRESQL);

  /**
   * The dialect of a database.
   *
   * @throws StoreException if there is none for it
   */
  static Dialect of(DatabaseMetaData metadata) throws SQLException {
    String product = metadata.getDatabaseProductName();
    return switch (product) {
      case "H2" -> H2;
      case "PostgreSQL" -> POSTGRESQL;
      default ->
          throw new StoreException(
              "The database is %s; H2 and PostgreSQL are supported.".formatted(product));
    };
  }

  /**
   * The dialect of a name.
   *
   * @throws IllegalArgumentException if none has it
   */
  static Dialect named(String name) {
    return ALL.stream()
        .filter(dialect -> dialect.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no dialect " + name));
  }

  /** What it is called, also in the names of its scripts. */
  String name();

  /** Refuses a database that cannot give what is wanted, with the reason. */
  void require(Durability level, String url, Handle handle);

  /**
   * Sets up a session that was just opened, outside transactions and for all of them: each sees
   * what others commit meanwhile, and is as durable as is asked for. Each locks the engine's row,
   * so one that stands still must not outlive the lease, or nobody could declare the engine dead. A
   * session of PostgreSQL that may be somebody else's the next moment is left as it is.
   */
  void opened(Session session, Durability level, Duration lease) throws SQLException;

  /**
   * Gives a transaction that was just begun its limit for locks, and whatever {@link #opened} did
   * not give its session.
   *
   * @param lockMillis how long it waits for each lock
   */
  void begun(Session session, Durability level, Duration lease, int lockMillis) throws SQLException;

  /**
   * Ends the sessions that hold the rows of these engines and have waited for their client for
   * {@code silence}, in the midst of a transaction.
   *
   * @return these, and those that this user may not end or not look into
   */
  List<Holder> endSilentHolders(Session session, List<String> engines, Duration silence)
      throws SQLException;

  /** Returns when all that was committed on the database before survives as it should. */
  void afterCommit(Handle handle, Durability level);

  /** Lets transactions of a session that was set up wait for so long for each lock. */
  void limitLocks(Session session, int millis) throws SQLException;

  /**
   * Changes the schema while no other engine does.
   *
   * @throws org.jdbi.v3.core.JdbiException at once or a moment later if another engine does
   */
  void changeSchema(Jdbi jdbi, Consumer<Handle> change);

  /** How many connections an engine has at once, at least. */
  int connections();

  /** Statements, which can be run again, that make what must be there before any script runs. */
  List<String> foundation();

  /** Selects the names of all that a schema, its one parameter, has and may have only once. */
  String relations();

  /** Selects the tables and columns of those of a list of names that are tables of a schema. */
  String columns();

  /** The database's own time. */
  String now();

  /** The database's own time and a number of milliseconds, which is the one parameter. */
  String inMillis();

  /** Gives as many new job numbers as its parameter says. */
  String nextJobNumbers();

  /**
   * Selects the first rows that meet a condition, and locks these; without those that somebody else
   * has locked. What it returns is as it is stored now: on some databases a row may have changed
   * just before it was locked, and not meet the condition any more. Its parameters are those of the
   * condition and the number of rows.
   *
   * @param key column that is different in each row
   * @param order in which an index has the rows that meet the condition
   */
  String lockFirst(String table, String key, String columns, String condition, String order);

  /** Whether {@code unnest} makes rows of arrays, all values of a column being one parameter. */
  boolean unnests();

  /** Whether several statements with parameters can be sent as one. */
  boolean takesSeveral();

  /** Whether engines can tell each other through the database what has happened. */
  boolean notifies();

  /**
   * A session of the server that holds the row of an engine.
   *
   * @param ended whether it is being ended; if not, that is not this user's to do
   */
  record Holder(String engine, int session, String user, boolean ended) {}
}
