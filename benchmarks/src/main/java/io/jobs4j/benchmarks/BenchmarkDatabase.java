package io.jobs4j.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testsupport.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A database for one measurement, deleted when closed. Used by one thread. */
final class BenchmarkDatabase implements AutoCloseable {
  /** On what is measured. */
  enum Kind {
    H2,
    POSTGRES;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Enough for the peers' threads, and below what the server allows. */
  private static final int CONNECTIONS = 32;

  private final Kind kind;
  private final String url;
  private final @Nullable Path directory;
  private final @Nullable PostgresServer server;
  private final String name;
  private final List<HikariDataSource> pools = new ArrayList<>();

  private BenchmarkDatabase(
      Kind kind,
      String url,
      @Nullable Path directory,
      @Nullable PostgresServer server,
      String name) {
    this.kind = kind;
    this.url = url;
    this.directory = directory;
    this.server = server;
    this.name = name;
  }

  static BenchmarkDatabase h2(Path directory) {
    String url =
        "jdbc:h2:async:" + directory.resolve("bench") + ";RETENTION_TIME=2000;LOCK_TIMEOUT=10000";
    return new BenchmarkDatabase(Kind.H2, url, directory, null, "bench");
  }

  static BenchmarkDatabase postgres(PostgresServer server, String name) throws SQLException {
    execute(server.url("postgres"), "CREATE DATABASE " + name);
    return new BenchmarkDatabase(Kind.POSTGRES, server.url(name), null, server, name);
  }

  Kind kind() {
    return kind;
  }

  /** Has an engine keep its jobs here, as a user would. */
  JobsEngineBuilder giveTo(JobsEngineBuilder builder) {
    return directory == null
        ? builder.dataSource(pool(""))
        : builder.database(directory.resolve("engine"));
  }

  /** A pool of connections, closed with the database. */
  HikariDataSource pool() {
    return pool("");
  }

  /**
   * A pool for those that do not force H2's commits to the disk themselves: without a write delay
   * H2 comes nearest to that.
   */
  HikariDataSource poolForPeers() {
    return pool(kind == Kind.H2 ? ";WRITE_DELAY=0" : "");
  }

  /**
   * A pool of connections, closed with the database.
   *
   * @param options added to the URL
   */
  HikariDataSource pool(String options) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url + options);
    if (kind == Kind.H2) {
      config.setUsername("sa");
      config.setPassword("");
    }
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    return pool;
  }

  /** What a query for one number says. */
  static long number(HikariDataSource pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    pools.forEach(HikariDataSource::close);
    if (directory != null) {
      Context.delete(directory);
    }
    if (server != null) {
      execute(server.url("postgres"), "DROP DATABASE " + name + " WITH (FORCE)");
    }
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
