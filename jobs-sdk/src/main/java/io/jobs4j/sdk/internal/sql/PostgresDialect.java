package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** PostgreSQL, on whose server the sessions of engines and of others live. Stateless. */
final class PostgresDialect implements Dialect {
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

  @Override
  public String name() {
    return "postgresql";
  }

  @Override
  public void require(Durability level, String url, Handle handle) {
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
   * The server limits how long it waits between statements, but not for the rest of statements that
   * were sent together, which a client may be stopped or cut off in the midst of.
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
  public void limitLocks(Session session, int millis) throws SQLException {
    session.later("SELECT set_config('lock_timeout', ?, FALSE)", List.of(Integer.toString(millis)));
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
  public boolean unnests() {
    return true;
  }

  @Override
  public boolean takesSeveral() {
    return true;
  }

  @Override
  public boolean notifies() {
    return true;
  }

  @Override
  public int connections() {
    return 3;
  }

  @Override
  public List<String> foundation() {
    return List.of(Migrator.OWN_SCRIPTS);
  }

  @Override
  public String relations() {
    return """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = :schema""";
  }

  /** The standard's view leaves out tables that the user may do nothing with. */
  @Override
  public String columns() {
    return """
        SELECT c.relname, a.attname FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE n.nspname = :schema AND c.relname IN (<names>)
          AND a.attnum > 0 AND NOT a.attisdropped""";
  }

  @Override
  public String toString() {
    return name();
  }
}
