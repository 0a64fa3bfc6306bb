package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testsupport.PostgresExtension;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** Processes that die right before or right after a commit. */
class CommitCrashTest {
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @Test
  void aProcessDiesBeforeACommitOrAfterIt() throws Exception {
    String url = postgres.newDatabaseUrl();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        CrashHarness harness =
            CrashHarness.of(Inserter.class).jvmOptions("-Xshare:auto").arguments(url).build()) {
      statement.execute("CREATE TABLE t (n SERIAL)");
      harness.dieAt(FaultyDataSource.BEFORE_COMMIT, 3);
      assertThat(rows(statement)).isEqualTo(2);
      harness.dieAt(FaultyDataSource.AFTER_COMMIT, 3);
      assertThat(rows(statement)).isEqualTo(5);
    }
  }

  private static int rows(Statement statement) throws SQLException {
    try (var rows = statement.executeQuery("SELECT count(*) FROM t")) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  /** Inserts rows, each in a transaction, until it is killed. */
  static final class Inserter {
    private Inserter() {}

    public static void main(String[] arguments) throws SQLException {
      PGSimpleDataSource source = new PGSimpleDataSource();
      source.setUrl(arguments[0]);
      try (Connection connection = FaultyDataSource.of(source).getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        while (true) {
          statement.executeUpdate("INSERT INTO t DEFAULT VALUES");
          connection.commit();
        }
      }
    }
  }
}
