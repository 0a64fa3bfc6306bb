package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Brings a database to the schema of this version by running the numbered scripts that it has not
 * run yet. A script that has run must never change: its checksum is compared.
 */
final class Migrator {
  /** In order; a new script goes at the end. */
  private static final List<String> SCRIPTS =
      List.of(
          "V001__jobs.sql",
          "V002__engines.sql",
          "V003__indexes.<dialect>.sql",
          "V004__recovery.sql",
          "V005__indexes.<dialect>.sql",
          "V006__queues.sql",
          "V007__recovery.sql",
          "V008__indexes.sql",
          "V009__probes.sql",
          "V010__indexes.sql",
          "V011__trials.sql");

  /** How long another engine may take to make the tables. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  private static final long PAUSE_MILLIS = 20;

  private final Jdbi jdbi;
  private final Dialect dialect;
  private final Duration limit;
  private final List<String> scripts;

  Migrator(Jdbi jdbi, Dialect dialect) {
    this(jdbi, dialect, LONGEST_WAIT);
  }

  /**
   * As the other.
   *
   * @param limit how long another engine may take to make the tables
   */
  Migrator(Jdbi jdbi, Dialect dialect, Duration limit) {
    this.jdbi = jdbi;
    this.dialect = dialect;
    this.limit = limit;
    this.scripts =
        SCRIPTS.stream().map(name -> name.replace("<dialect>", dialect.suffix())).toList();
  }

  /**
   * Runs what is missing, once no other engine does. If nothing is, nothing is changed or locked.
   *
   * @throws StoreException if the database was made by a later version, a script has changed, or
   *     somebody else keeps the tables locked for too long
   */
  void migrate() {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!isComplete()) {
      try {
        dialect.changeSchema(jdbi, this::complete);
      } catch (JdbiException e) {
        if (SqlFailure.of(e) == SqlFailure.DENIED) {
          throw new StoreException(
              "The tables of this version are not all there, and the database's user may not make"
                  + " them. Start an engine once as a user who may.",
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
    handle.execute(
        """
        CREATE TABLE IF NOT EXISTS jobs4j_schema (
          script VARCHAR(128) PRIMARY KEY, checksum VARCHAR(64) NOT NULL)""");
    missing(handle).forEach((script, sql) -> run(handle, script, sql));
  }

  /** The scripts that have not run yet, in order. */
  private Map<String, String> missing(Handle handle) {
    Map<String, String> done =
        handle
            .createQuery("SELECT script, checksum FROM jobs4j_schema")
            .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    for (String script : done.keySet()) {
      if (!scripts.contains(script)) {
        throw new StoreException(
            "The database was made by a later version: it has run " + script + ".");
      }
    }
    Map<String, String> missing = new LinkedHashMap<>();
    for (String script : scripts) {
      String sql = read(script);
      String known = done.get(script);
      if (known == null) {
        missing.put(script, sql);
      } else if (!known.equals(checksum(sql))) {
        throw new StoreException("The database was made with another version of " + script + ".");
      }
    }
    return missing;
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    if (Thread.currentThread().isInterrupted()) {
      throw new StoreException("The start was interrupted.");
    }
  }

  private static void run(Handle handle, String script, String sql) {
    handle.createScript(sql).execute();
    handle.execute(
        "INSERT INTO jobs4j_schema (script, checksum) VALUES (?, ?)", script, checksum(sql));
  }

  private static String read(String script) {
    try (InputStream stream = Migrator.class.getResourceAsStream(script)) {
      if (stream == null) {
        throw new IllegalStateException(script + " is not in the jar");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StoreException(script + " cannot be read.", e);
    }
  }

  private static String checksum(String sql) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
