package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** H2, in this process: in memory, in a file, or where the caller has it. Stateless. */
final class H2Dialect implements Dialect {
  private static final Logger log = LoggerFactory.getLogger(H2Dialect.class);

  private static final String LOCK_TIMEOUT = "SET LOCK_TIMEOUT ";

  @Override
  public String name() {
    return "h2";
  }

  @Override
  public void require(Durability level, String url, Handle handle) {
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
  private static void requireAdministrator(Durability level, Handle handle) {
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
   * {@code commit} leaves the writing for later. {@code CHECKPOINT} writes what was committed, and
   * {@code SYNC} forces it to the disk.
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
  public void limitLocks(Session session, int millis) {
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
  public boolean unnests() {
    return false;
  }

  @Override
  public boolean takesSeveral() {
    return false;
  }

  @Override
  public boolean notifies() {
    return false;
  }

  @Override
  public int connections() {
    return 2;
  }

  @Override
  public List<String> foundation() {
    return List.of(
        Migrator.OWN_SCRIPTS,
        """
        CREATE TABLE IF NOT EXISTS {engine_lock} (
          id INTEGER PRIMARY KEY
        )""",
        "INSERT INTO {engine_lock} (id) SELECT x FROM SYSTEM_RANGE(%s, %s)"
                .formatted(EngineLock.ALONE, EngineLock.SCHEMA)
            + " WHERE x NOT IN (SELECT id FROM {engine_lock})");
  }

  @Override
  public String relations() {
    return """
        SELECT table_name FROM information_schema.tables WHERE table_schema = :schema
        UNION SELECT index_name FROM information_schema.indexes WHERE index_schema = :schema
        UNION SELECT sequence_name FROM information_schema.sequences
          WHERE sequence_schema = :schema
        UNION SELECT constraint_name FROM information_schema.table_constraints
          WHERE constraint_schema = :schema""";
  }

  @Override
  public String columns() {
    return """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = :schema AND table_name IN (<names>)""";
  }

  private static boolean inMemory(String url) {
    return url.matches("(?i)jdbc:h2:([a-z]+://[^;]*/)?(mem|memFS|memLZ|nioMemFS|nioMemLZ):.*");
  }

  private static String withoutOptions(String url) {
    return url.replaceAll(";.*", "");
  }

  @Override
  public String toString() {
    return name();
  }
}
