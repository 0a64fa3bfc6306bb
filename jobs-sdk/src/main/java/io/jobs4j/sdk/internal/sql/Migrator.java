package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Brings a database to the schema of this version by running the numbered scripts that it has not
 * run yet. A script that has run must never change: its checksum is compared.
 */
public final class Migrator {
  /**
   * The scripts that have run. The table is the first that is made, so that what bears a name of
   * ours where it is missing is not ours.
   */
  static final String OWN_SCRIPTS =
      """
      CREATE TABLE IF NOT EXISTS {schema} (
        script VARCHAR(128) PRIMARY KEY,
        checksum VARCHAR(64) NOT NULL
      )""";

  /** How long another engine may take to make the tables. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final long PAUSE_MILLIS = 20;

  private final Jdbi jdbi;
  private final Dialect dialect;
  private final List<Script> scripts;
  private final Inventory inventory;
  private final boolean makesTables;
  private final Duration limit;

  /**
   * A migrator.
   *
   * @param makesTables whether it may run scripts; if not, all have to have run
   */
  public Migrator(Jdbi jdbi, Dialect dialect, Names names, boolean makesTables) {
    this(jdbi, dialect, names, makesTables, Script.of(dialect), LONGEST_WAIT);
  }

  /**
   * A migrator that runs these scripts instead of those that the database needs.
   *
   * @param makesTables whether it may run scripts; if not, all have to have run
   * @param scripts in order
   * @param limit how long another engine may take to make the tables
   */
  public Migrator(
      Jdbi jdbi,
      Dialect dialect,
      Names names,
      boolean makesTables,
      List<Script> scripts,
      Duration limit) {
    this.jdbi = jdbi;
    this.dialect = dialect;
    this.scripts = List.copyOf(scripts);
    this.inventory =
        new Inventory(
            dialect,
            names,
            Stream.concat(dialect.foundation().stream(), scripts.stream().map(Script::sql))
                .toList());
    this.makesTables = makesTables;
    this.limit = limit;
  }

  /**
   * Makes sure that the tables are there or can be made. Changes nothing.
   *
   * @throws StoreException if something of others bears their names, the schema does not exist, or
   *     scripts are missing and may not be run
   */
  void require() {
    jdbi.useHandle(inventory::requireOwn);
    // It also refuses what another version has made.
    boolean complete = isComplete();
    if (!makesTables && !complete) {
      throw new StoreException(
          "The tables of this version are not all there, and createTables(false) says that the"
              + " engine makes none. io.jobs4j.sdk.SchemaScript prints the statements that do.");
    }
  }

  /**
   * Runs what is missing, once no other engine does. If nothing is, nothing is changed or locked.
   *
   * @throws StoreException if the database was made by a later version, a script has changed, or
   *     somebody else keeps the tables locked for too long
   */
  public void migrate() {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!isComplete()) {
      try {
        dialect.changeSchema(jdbi, this::complete);
      } catch (JdbiException e) {
        if (SqlFailure.of(e) == SqlFailure.DENIED) {
          throw new StoreException(
              "The tables of this version are not all there, and the database's user may not make"
                  + " them. Start an engine once as a user who may, or have the statements run that"
                  + " io.jobs4j.sdk.SchemaScript prints.",
              e);
        }
        if (!SqlFailure.of(e).isPassing()) {
          throw e;
        }
        if (System.nanoTime() - deadline >= 0) {
          throw new StoreException(
              ("The tables of this version are not all there, and could not be made within %s"
                      + " seconds: another engine is making them, or a transaction has locked them."
                      + " If it stands still, end it, and start again.")
                  .formatted(limit.toSeconds()),
              e);
        }
        pause();
      }
    }
  }

  private boolean isComplete() {
    try {
      return jdbi.withHandle(handle -> missing(handle).isEmpty());
    } catch (JdbiException e) {
      if (SqlFailure.of(e) == SqlFailure.TABLE_MISSING) {
        return false;
      }
      throw e;
    }
  }

  private void complete(Handle handle) {
    dialect.foundation().forEach(handle::execute);
    missing(handle).forEach(script -> run(handle, script));
  }

  /** The scripts that have not run yet, in order. */
  private List<Script> missing(Handle handle) {
    Map<String, String> done =
        handle
            .createQuery("SELECT script, checksum FROM {schema}")
            .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    List<Script> missing = new ArrayList<>();
    for (Script script : scripts) {
      String known = done.remove(script.name());
      if (known == null) {
        missing.add(script);
      } else if (!known.equals(script.checksum())) {
        throw new StoreException(
            "The database was made with another version of " + script.name() + ".");
      }
    }
    for (String unknown : done.keySet()) {
      throw new StoreException(
          "The database was made by a later version: it has run " + unknown + ".");
    }
    return missing;
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreException("The start was interrupted.");
    }
  }

  private static void run(Handle handle, Script script) {
    handle.createScript(script.sql()).execute();
    handle.execute(
        "INSERT INTO {schema} (script, checksum) VALUES (?, ?)", script.name(), script.checksum());
  }
}
