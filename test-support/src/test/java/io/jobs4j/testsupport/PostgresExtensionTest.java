package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresExtensionTest {
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @Test
  void eachDatabaseIsEmptyAndItsOwn() throws Exception {
    for (int i = 0; i < 2; i++) {
      DataSource database = postgres.newDatabase();
      for (int connections = 0; connections < 2; connections++) {
        try (Connection connection = database.getConnection()) {
          execute(connection, connections == 0 ? "CREATE TABLE t (n INT)" : "DROP TABLE t");
        }
      }
    }
    try (Connection connection = DriverManager.getConnection(postgres.newDatabaseUrl())) {
      execute(connection, "CREATE TABLE t (n INT)");
    }
  }

  @Nested
  class Inside {
    @RegisterExtension static final PostgresExtension again = new PostgresExtension();

    @Test
    void theServerIsShared() throws Exception {
      assertThat(port(again)).isEqualTo(port(postgres));
    }

    private static int port(PostgresExtension extension) throws SQLException {
      try (Connection connection = extension.newDatabase().getConnection();
          Statement statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT inet_server_port()")) {
        assertThat(rows.next()).isTrue();
        return rows.getInt(1);
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
