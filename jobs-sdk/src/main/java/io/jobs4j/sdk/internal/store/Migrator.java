package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

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
          "V010__indexes.sql");

  private final Jdbi jdbi;
  private final Dialect dialect;
  private final List<String> scripts;

  Migrator(Jdbi jdbi, Dialect dialect) {
    this.jdbi = jdbi;
    this.dialect = dialect;
    this.scripts =
        SCRIPTS.stream().map(name -> name.replace("<dialect>", dialect.suffix())).toList();
  }

  /**
   * Runs what is missing.
   *
   * @throws StoreException if the database was made by a later version, or a script has changed
   */
  void migrate() {
    jdbi.useTransaction(
        handle -> {
          dialect.lockSchema(handle);
          handle.execute(
              """
              CREATE TABLE IF NOT EXISTS jobs4j_schema (
                script VARCHAR(128) PRIMARY KEY, checksum VARCHAR(64) NOT NULL)""");
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
          for (String script : scripts) {
            String sql = read(script);
            String checksum = checksum(sql);
            String known = done.get(script);
            if (known == null) {
              run(handle, script, sql, checksum);
            } else if (!known.equals(checksum)) {
              throw new StoreException(
                  "The database was made with another version of " + script + ".");
            }
          }
        });
  }

  private static void run(Handle handle, String script, String sql, String checksum) {
    handle.createScript(sql).execute();
    handle.execute("INSERT INTO jobs4j_schema (script, checksum) VALUES (?, ?)", script, checksum);
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
