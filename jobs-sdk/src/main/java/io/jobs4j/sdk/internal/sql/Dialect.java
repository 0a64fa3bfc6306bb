package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where databases differ. All other SQL is the same for each of them. */
public enum Dialect {
  H2("h2") {
    @Override
    void require(Durability level, String url, Handle handle) {
      if (inMemory(url)) {
        if (level != Durability.NONE) {
          throw new StoreException(
              "Durability %s is wanted, and %s is in memory: nothing of it survives the process."
                  .formatted(level, withoutOptions(url)));
        }
        return;
      }
      if (level != Durability.NONE) {
        requireAdministrator(level, handle);
      }
      if (!url.matches("jdbc:h2:(async|jobs4j|tcp):.*")) {
        log.warn(
            "H2 closes the database {} when a thread is interrupted that reads it; a URL that"
                + " begins with jdbc:h2:async: prevents that.",
            withoutOptions(url));
      }
    }

    /** {@code CHECKPOINT} would be refused with the first commit, and not say why. */
    private void requireAdministrator(Durability level, Handle handle) {
      String user = handle.createQuery("SELECT CURRENT_USER").mapTo(String.class).one();
      boolean administrator =
          handle
              .createQuery(
                  "SELECT is_admin FROM information_schema.users WHERE user_name = CURRENT_USER")
              .mapTo(Boolean.class)
              .findOne()
              .orElse(false);
      if (!administrator) {
        throw new StoreException(
            ("Durability %1$s is wanted, and the user %2$s of the H2 database is no administrator;"
                    + " only administrators may have what was committed forced to the disk. Give"
                    + " the engine one (ALTER USER %2$s ADMIN TRUE), or start it with durability"
                    + " NONE.")
                .formatted(level, user));
      }
    }

    @Override
    public void opened(Session session, Durability level, Duration lease) throws SQLException {
      int found = session.handle().createQuery("CALL LOCK_TIMEOUT()").mapTo(Integer.class).one();
      session.undoBy(List.of(LOCK_TIMEOUT + found));
      session.readCommitted();
    }

    @Override
    public void begun(Session session, Durability level, Duration lease, int lockMillis)
        throws SQLException {
      session.limitLocks(lockMillis);
    }

    /**
     * {@code commit} leaves the writing for later. {@code CHECKPOINT} writes what was committed,
     * and {@code SYNC} forces it to the disk.
     */
    @Override
    public void afterCommit(Handle handle, Durability level) {
      switch (level) {
        case NONE -> {}
        case PROCESS -> handle.execute("CHECKPOINT");
        case POWER -> handle.execute("CHECKPOINT SYNC");
      }
    }

    @Override
    void limitLocks(Session session, int millis) {
      session.handle().execute(LOCK_TIMEOUT + millis);
    }

    /** Each statement that changes the schema is a transaction, so that the lock needs another. */
    @Override
    public void changeSchema(Jdbi jdbi, Consumer<Handle> change) {
      Handle lock = EngineLock.acquire(jdbi, EngineLock.SCHEMA);
      try {
        jdbi.useHandle(change::accept);
      } finally {
        EngineLock.release(lock);
      }
    }

    /** Engines on one H2 database are of one process, and all stand still if one does. */
    @Override
    public List<Holder> endSilentHolders(Session session, List<String> engines, Duration silence) {
      return List.of();
    }

    @Override
    public String now() {
      return "CURRENT_TIMESTAMP(3)";
    }

    @Override
    public String inMillis() {
      return "DATEADD(MILLISECOND, CAST(? AS BIGINT), CURRENT_TIMESTAMP(3))";
    }

    @Override
    public String nextJobNumbers() {
      return "SELECT NEXT VALUE FOR {job_number} FROM SYSTEM_RANGE(1, ?)";
    }

    /** With a limit and a lock at once H2 sorts and locks all rows, however many are wanted. */
    @Override
    public String lockFirst(
        String table, String key, String columns, String condition, String order) {
      return ("SELECT %3$s FROM %1$s WHERE %2$s IN"
              + " (SELECT %2$s FROM %1$s WHERE %4$s ORDER BY %5$s LIMIT ?)"
              + " ORDER BY %5$s FOR UPDATE SKIP LOCKED")
          .formatted(table, key, columns, condition, order);
    }

    @Override
    boolean unnests() {
      return false;
    }

    @Override
    boolean takesSeveral() {
      return false;
    }

    @Override
    public boolean notifies() {
      return false;
    }

    @Override
    int connections() {
      return 2;
    }

    @Override
    public List<String> foundation() {
      return List.of(
          OWN_SCRIPTS,
          """
          CREATE TABLE IF NOT EXISTS {engine_lock} (
            id INTEGER PRIMARY KEY
          )""",
          "INSERT INTO {engine_lock} (id) SELECT x FROM SYSTEM_RANGE(%s, %s)"
                  .formatted(EngineLock.ALONE, EngineLock.SCHEMA)
              + " WHERE x NOT IN (SELECT id FROM {engine_lock})");
    }

    @Override
    String relations() {
      return """
          SELECT table_name FROM information_schema.tables WHERE table_schema = :schema
          UNION SELECT index_name FROM information_schema.indexes WHERE index_schema = :schema
          UNION SELECT sequence_name FROM information_schema.sequences
            WHERE sequence_schema = :schema
          UNION SELECT constraint_name FROM information_schema.table_constraints
            WHERE constraint_schema = :schema""";
    }

    @Override
    String columns() {
      return """
          SELECT table_name, column_name FROM information_schema.columns
          WHERE table_schema = :schema AND table_name IN (<names>)""";
    }
  },

  POSTGRESQL("postgresql") {
    @Override
    void require(Durability level, String url, Handle handle) {
      if (level != Durability.POWER) {
        return;
      }
      for (String setting : new String[] {"fsync", "full_page_writes"}) {
        String value = handle.createQuery("SHOW " + setting).mapTo(String.class).one();
        if (!value.equals("on")) {
          throw new StoreException(
              ("Durability POWER is wanted, and the server has %s = %s: after a power failure its"
                      + " data may be damaged. Set it to on, or ask for PROCESS.")
                  .formatted(setting, value));
        }
      }
    }

    /** Settings of a session are made only where it is certainly nobody else's. */
    @Override
    public void opened(Session session, Durability level, Duration lease) {
      Handle handle = session.handle();
      if (Proxies.route(handle) != Proxies.Route.DIRECT) {
        return;
      }
      session.undoBy(handle.createQuery(UNDO).mapTo(String.class).list());
      handle
          .select(level == Durability.NONE ? UNSYNCED_SESSION : SYNCED_SESSION, idleMillis(lease))
          .mapTo(String.class)
          .one();
    }

    /** What the session does not have, the transaction alone has. */
    @Override
    public void begun(Session session, Durability level, Duration lease, int lockMillis)
        throws SQLException {
      if (session.isSetUp()) {
        session.limitLocks(lockMillis);
        return;
      }
      session.later("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", List.of());
      session.later(
          level == Durability.NONE ? UNSYNCED : SYNCED,
          List.of(idleMillis(lease), Integer.toString(lockMillis)));
    }

    private static String idleMillis(Duration lease) {
      return Long.toString(Math.min(lease.toMillis(), Integer.MAX_VALUE));
    }

    /**
     * The server limits how long it waits between statements, but not for the rest of statements
     * that were sent together, which a client may be stopped or cut off in the midst of.
     */
    @Override
    public List<Holder> endSilentHolders(Session session, List<String> engines, Duration silence)
        throws SQLException {
      PreparedStatement end = session.statement(END_SILENT_HOLDERS);
      end.setArray(1, session.texts(engines));
      end.setLong(2, silence.toMillis());
      List<Holder> holders = new ArrayList<>();
      try (ResultSet rows = end.executeQuery()) {
        while (rows.next()) {
          holders.add(
              new Holder(rows.getString(1), rows.getInt(2), rows.getString(3), rows.getBoolean(4)));
        }
      }
      return holders;
    }

    @Override
    public void afterCommit(Handle handle, Durability level) {}

    @Override
    void limitLocks(Session session, int millis) throws SQLException {
      session.later(
          "SELECT set_config('lock_timeout', ?, FALSE)", List.of(Integer.toString(millis)));
    }

    @Override
    public void changeSchema(Jdbi jdbi, Consumer<Handle> change) {
      jdbi.useTransaction(
          handle -> {
            // What others have done is seen when the lock was waited for.
            handle.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
            // Who stopped in the middle of it must not keep the others out for good.
            handle.execute("SET LOCAL idle_in_transaction_session_timeout = " + IDLE_MILLIS);
            handle.execute("SET LOCAL lock_timeout = " + SCHEMA_LOCK_MILLIS);
            handle.execute(
                "SELECT pg_advisory_xact_lock(hashtext('{prefix}schema of ' || {current_schema}))");
            change.accept(handle);
          });
    }

    @Override
    public String now() {
      return "clock_timestamp()";
    }

    @Override
    public String inMillis() {
      return "clock_timestamp() + CAST(? AS BIGINT) * INTERVAL '1 millisecond'";
    }

    @Override
    public String nextJobNumbers() {
      return "SELECT nextval('{job_number}') FROM generate_series(1, ?)";
    }

    @Override
    public String lockFirst(
        String table, String key, String columns, String condition, String order) {
      return "SELECT %2$s FROM %1$s WHERE %3$s ORDER BY %4$s LIMIT ? FOR UPDATE SKIP LOCKED"
          .formatted(table, columns, condition, order);
    }

    @Override
    boolean unnests() {
      return true;
    }

    @Override
    boolean takesSeveral() {
      return true;
    }

    @Override
    public boolean notifies() {
      return true;
    }

    @Override
    int connections() {
      return 3;
    }

    @Override
    public List<String> foundation() {
      return List.of(OWN_SCRIPTS);
    }

    @Override
    String relations() {
      return """
          SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = :schema""";
    }

    /** The standard's view leaves out tables that the user may do nothing with. */
    @Override
    String columns() {
      return """
          SELECT c.relname, a.attname FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE n.nspname = :schema AND c.relname IN (<names>)
            AND a.attnum > 0 AND NOT a.attisdropped""";
    }
  };

  /**
   * The scripts that have run. The table is the first that is made, so that what bears a name of
   * ours where it is missing is not ours.
   */
  private static final String OWN_SCRIPTS =
      """
      CREATE TABLE IF NOT EXISTS {schema} (
        script VARCHAR(128) PRIMARY KEY,
        checksum VARCHAR(64) NOT NULL
      )""";

  private static final Logger log = LoggerFactory.getLogger(Dialect.class);

  private static final String LOCK_TIMEOUT = "SET LOCK_TIMEOUT ";

  /**
   * Lets transactions stand still no longer than its parameter says, in milliseconds. Nearly all
   * that they do is about rows whose keys are known: an index finds them best, also while the
   * server has not yet looked at how many rows there are. What has no index, the server then takes
   * for so expensive that it would compile it each time.
   */
  private static final String SETTINGS =
      "SELECT set_config('idle_in_transaction_session_timeout', ?, %2$s),"
          + " set_config('synchronous_commit', %1$s, %2$s),"
          + " set_config('enable_seqscan', 'off', %2$s), set_config('jit', 'off', %2$s), ";

  /** The same for one transaction, whose second parameter is how long it waits for each lock. */
  private static final String OF_TRANSACTION = SETTINGS + "set_config('lock_timeout', ?, %2$s)";

  private static final String OF_SESSION =
      SETTINGS + "set_config('default_transaction_isolation', 'read committed', %2$s)";

  /**
   * What waits for more than the disk of the server stays as it is, in a session as it was when
   * that was opened.
   */
  private static final String SYNC =
      "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'"
          + " ELSE current_setting('synchronous_commit') END";

  private static final String SYNCED = OF_TRANSACTION.formatted(SYNC, "TRUE");
  private static final String UNSYNCED = OF_TRANSACTION.formatted("'off'", "TRUE");
  private static final String SYNCED_SESSION = OF_SESSION.formatted(SYNC, "FALSE");
  private static final String UNSYNCED_SESSION = OF_SESSION.formatted("'off'", "FALSE");

  /** Statements that undo these settings of a session, and that of locks. */
  private static final String UNDO =
      """
      SELECT CASE source WHEN 'session' THEN format('SET %I = %L', name, setting)
        ELSE 'RESET ' || name END
      FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout',
        'synchronous_commit', 'enable_seqscan', 'jit', 'default_transaction_isolation',
        'lock_timeout')""";

  /**
   * The row of an engine names the transaction that is changing it, and the server's locks the
   * session of that. What a session is at is hidden from users who have not the rights of its own,
   * and from all where the server does not track it. To end one that must not be ended would be an
   * error, so the server's own rule is asked first.
   */
  private static final String END_SILENT_HOLDERS =
      """
      SELECT id, pid, usename, endable, CASE WHEN endable THEN pg_terminate_backend(pid) END
      FROM (
        SELECT e.id, a.pid, a.usename,
          a.state_change IS NOT NULL
            AND (pg_has_role(a.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
            AND (NOT other.rolsuper OR own.rolsuper) AS endable
        FROM {engine} e
        JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = e.xmax AND l.granted
          AND l.mode = 'ExclusiveLock'
        JOIN pg_stat_activity a ON a.pid = l.pid
        JOIN pg_roles other ON other.oid = a.usesysid
        JOIN pg_roles own ON own.rolname = CURRENT_USER
        WHERE e.id = ANY(?) AND (a.state_change IS NULL OR a.wait_event_type = 'Client'
          AND a.state_change < clock_timestamp() - CAST(? AS BIGINT) * INTERVAL '1 millisecond')
      ) holder""";

  /** How long a change of the schema waits for each lock until it is begun again. */
  private static final int SCHEMA_LOCK_MILLIS = 1000;

  /** How long an engine that changes the schema may stand still. */
  private static final int IDLE_MILLIS = 30_000;

  private final String suffix;

  Dialect(String suffix) {
    this.suffix = suffix;
  }

  /**
   * The dialect of a database.
   *
   * @throws StoreException if there is none for it
   */
  public static Dialect of(DatabaseMetaData metadata) throws SQLException {
    String product = metadata.getDatabaseProductName();
    return switch (product) {
      case "H2" -> H2;
      case "PostgreSQL" -> POSTGRESQL;
      default ->
          throw new StoreException(
              "The database is %s; H2 and PostgreSQL are supported.".formatted(product));
    };
  }

  /** By which the scripts of the dialect are told. */
  String suffix() {
    return suffix;
  }

  /** Refuses a database that cannot give what is wanted, with the reason. */
  abstract void require(Durability level, String url, Handle handle);

  /**
   * Sets up a session that was just opened, outside transactions and for all of them: each sees
   * what others commit meanwhile, and is as durable as is asked for. Each locks the engine's row,
   * so one that stands still must not outlive the lease, or nobody could declare the engine dead. A
   * session of PostgreSQL that may be somebody else's the next moment is left as it is.
   */
  public abstract void opened(Session session, Durability level, Duration lease)
      throws SQLException;

  /**
   * Gives a transaction that was just begun its limit for locks, and whatever {@link #opened} did
   * not give its session.
   *
   * @param lockMillis how long it waits for each lock
   */
  public abstract void begun(Session session, Durability level, Duration lease, int lockMillis)
      throws SQLException;

  /**
   * Ends the sessions that hold the rows of these engines and have waited for their client for
   * {@code silence}, in the midst of a transaction.
   *
   * @return these, and those that this user may not end or not look into
   */
  public abstract List<Holder> endSilentHolders(
      Session session, List<String> engines, Duration silence) throws SQLException;

  /** Returns when all that was committed on the database before survives as it should. */
  public abstract void afterCommit(Handle handle, Durability level);

  /** Lets transactions of a session that was set up wait for so long for each lock. */
  abstract void limitLocks(Session session, int millis) throws SQLException;

  /**
   * Changes the schema while no other engine does.
   *
   * @throws org.jdbi.v3.core.JdbiException at once or a moment later if another engine does
   */
  public abstract void changeSchema(Jdbi jdbi, Consumer<Handle> change);

  /** How many connections an engine has at once, at least. */
  abstract int connections();

  /** Statements, which can be run again, that make what must be there before any script runs. */
  public abstract List<String> foundation();

  /** Selects the names of all that a schema, its one parameter, has and may have only once. */
  abstract String relations();

  /** Selects the tables and columns of those of a list of names that are tables of a schema. */
  abstract String columns();

  /** The database's own time. */
  public abstract String now();

  /** The database's own time and a number of milliseconds, which is the one parameter. */
  public abstract String inMillis();

  /** Gives as many new job numbers as its parameter says. */
  public abstract String nextJobNumbers();

  /**
   * Selects the first rows that meet a condition, and locks these; without those that somebody else
   * has locked. What it returns is as it is stored now: on some databases a row may have changed
   * just before it was locked, and not meet the condition any more. Its parameters are those of the
   * condition and the number of rows.
   *
   * @param key column that is different in each row
   * @param order in which an index has the rows that meet the condition
   */
  public abstract String lockFirst(
      String table, String key, String columns, String condition, String order);

  /** Whether {@code unnest} makes rows of arrays, all values of a column being one parameter. */
  abstract boolean unnests();

  /** Whether several statements with parameters can be sent as one. */
  abstract boolean takesSeveral();

  /** Whether engines can tell each other through the database what has happened. */
  public abstract boolean notifies();

  /**
   * A session of the server that holds the row of an engine.
   *
   * @param ended whether it is being ended; if not, that is not this user's to do
   */
  public record Holder(String engine, int session, String user, boolean ended) {}

  private static boolean inMemory(String url) {
    return url.matches("(?i)jdbc:h2:([a-z]+://[^;]*/)?(mem|memFS|memLZ|nioMemFS|nioMemLZ):.*");
  }

  private static String withoutOptions(String url) {
    return url.replaceAll(";.*", "");
  }
}
