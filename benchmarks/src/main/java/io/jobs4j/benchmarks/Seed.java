package io.jobs4j.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Copies the one job in a database many times over within the database, with whatever columns its
 * tables have. All that the benchmarks know of the engine's tables is here.
 */
final class Seed {
  private static final int CHUNK = 10_000;

  /** The tables that have rows of a finished job, by the column with the job's number. */
  private static final List<Table> TABLES =
      List.of(
          new Table("jobs4j_job", "id"),
          new Table("jobs4j_job_payload", "job_id"),
          new Table("jobs4j_job_event", "job_id"));

  private final HikariDataSource pool;
  private final boolean postgres;

  private record Table(String name, String key) {}

  Seed(HikariDataSource pool, Kind kind) {
    this.pool = pool;
    this.postgres = kind == Kind.POSTGRES;
  }

  /** Makes {@code count} copies. */
  void copies(int count) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (int from = 1; from <= count; from += CHUNK) {
        int to = Math.min(count, from + CHUNK - 1);
        connection.setAutoCommit(false);
        for (Table table : TABLES) {
          statement.executeUpdate(copy(columns(connection, table), table, from, to));
        }
        connection.commit();
      }
      connection.setAutoCommit(true);
      statement.execute("ALTER SEQUENCE jobs4j_job_number RESTART WITH " + (count + 1_000));
      if (postgres) {
        statement.execute("VACUUM ANALYZE");
      } else {
        statement.execute("ANALYZE");
      }
    }
  }

  /** The ids, as clients know them, of jobs from all over the table. */
  List<String> sample(int count) throws SQLException {
    List<String> ids = new ArrayList<>();
    long jobs = BenchmarkDatabase.number(pool, "SELECT COUNT(*) FROM jobs4j_job");
    long step = Math.max(1, jobs / count);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT uuid FROM jobs4j_job WHERE MOD(id, %s) = 0 ORDER BY uuid LIMIT %s"
                    .formatted(step, count))) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }

  private String copy(List<String> columns, Table table, int from, int to) {
    String series =
        postgres
            ? "generate_series(%s, %s) AS s(n)".formatted(from, to)
            : "(SELECT X AS n FROM SYSTEM_RANGE(%s, %s)) s".formatted(from, to);
    String uuid =
        postgres ? "gen_random_uuid()::text || '-007'" : "CAST(RANDOM_UUID() AS VARCHAR) || '-007'";
    String values =
        columns.stream()
            .map(
                column ->
                    column.equals(table.key())
                        ? "t." + column + " + s.n"
                        : column.equals("uuid") ? uuid : "t." + column)
            .collect(Collectors.joining(", "));
    return "INSERT INTO %s (%s) SELECT %s FROM %s t, %s WHERE t.%s = (SELECT MIN(id) FROM jobs4j_job)"
        .formatted(
            table.name(), String.join(", ", columns), values, table.name(), series, table.key());
  }

  private static List<String> columns(Connection connection, Table table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet none = statement.executeQuery("SELECT * FROM " + table.name() + " WHERE 1 = 0")) {
      for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
        columns.add(none.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
      }
    }
    return columns;
  }
}
