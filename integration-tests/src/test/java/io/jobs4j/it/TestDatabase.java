package io.jobs4j.it;

import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.internal.sql.RetryingFilePath;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database of a test, which also sees it from outside the engines: an H2 file, that one process
 * has at a time, or PostgreSQL.
 */
record TestDatabase(Path directory, String url) {
  enum Kind {
    H2,
    POSTGRESQL
  }

  TestDatabase {
    // Also in a child process, which has the URL from its parent.
    RetryingFilePath.register();
  }

  /** The H2 file of an engine whose database is {@code directory/database}. */
  static TestDatabase h2(Path directory) {
    return new TestDatabase(
        directory, RetryingFilePath.url(directory.toAbsolutePath().resolve("database/jobs4j")));
  }

  /** Gives it to an engine as the user of a library would. */
  JobsEngineBuilder useFor(JobsEngineBuilder builder) {
    return isPostgres()
        ? builder.database(url, "postgres", "")
        : builder.database(directory.resolve("database"));
  }

  /** Connections that are not pooled. */
  DataSource dataSource() {
    if (isPostgres()) {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(url);
      return source;
    }
    JdbcDataSource source = new JdbcDataSource();
    source.setURL(url + ";DB_CLOSE_ON_EXIT=FALSE;RETENTION_TIME=2000;LOCK_TIMEOUT=10000");
    source.setUser("sa");
    source.setPassword("");
    return source;
  }

  private boolean isPostgres() {
    return url.startsWith("jdbc:postgresql:");
  }

  /** How many jobs are not over. */
  int unfinished() {
    return texts("SELECT job_id FROM jobs4j_job_queue").size();
  }

  /** The UUIDs of all jobs, whoever's they are. */
  List<String> jobs() {
    return texts("SELECT uuid FROM jobs4j_job ORDER BY id");
  }

  /** The UUIDs of the jobs in a state. */
  List<String> jobs(String status) {
    return texts("SELECT uuid FROM jobs4j_job WHERE status = ?", status);
  }

  /** The ids under which an engine is known at the moment. */
  List<String> engines(String node) {
    return texts("SELECT id FROM jobs4j_engine WHERE node = ?", node);
  }

  /** All that is stored of jobs that are over, by UUID. */
  TreeMap<String, List<String>> ended() {
    TreeMap<String, List<String>> jobs = new TreeMap<>();
    String sql =
        """
        SELECT j.uuid, j.status, j.version, j.last_sequence, j.last_updated, j.submit_retries,
          e.sequence, e.created, e.event, e.description
        FROM jobs4j_job j JOIN jobs4j_job_event e ON e.job_id = j.id
        WHERE NOT EXISTS (SELECT q.job_id FROM jobs4j_job_queue q WHERE q.job_id = j.id)
        ORDER BY j.id, e.sequence""";
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        StringBuilder line = new StringBuilder();
        for (int column = 2; column <= 10; column++) {
          line.append(rows.getString(column)).append(' ');
        }
        jobs.computeIfAbsent(rows.getString(1), uuid -> new ArrayList<>()).add(line.toString());
      }
      return jobs;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> texts(String sql, String... values) {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      List<String> texts = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
      return texts;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection connect() throws SQLException {
    return isPostgres()
        ? DriverManager.getConnection(url)
        : DriverManager.getConnection(url + ";DB_CLOSE_ON_EXIT=FALSE", "sa", "");
  }
}
