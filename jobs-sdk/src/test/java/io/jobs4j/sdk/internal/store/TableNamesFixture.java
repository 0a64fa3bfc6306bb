package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Opening;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A database that others use too, on which engines give their tables names. */
@Timeout(120)
abstract class TableNamesFixture {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  static final Names OTHER = Names.DEFAULT.withPrefix("other_");

  @Parameter TestedDatabase on;

  @TempDir Path directory;
  DataSource source;

  Dialect dialect() {
    return on == TestedDatabase.POSTGRESQL ? Dialect.POSTGRESQL : Dialect.H2;
  }

  SchemaScript script() {
    return on == TestedDatabase.POSTGRESQL ? SchemaScript.POSTGRESQL : SchemaScript.H2;
  }

  @BeforeEach
  void makeDatabase() {
    source =
        on == TestedDatabase.POSTGRESQL
            ? POSTGRES.newDatabase()
            : TestedDatabase.h2(directory, ";DB_CLOSE_DELAY=5");
  }

  Store store(Names names) {
    return store(names, true);
  }

  Store store(Names names, boolean makesTables) {
    Opening opening = new Opening(Durability.POWER, Duration.ofSeconds(30), names, makesTables);
    return new Store(Database.of(source, opening), Stored.CLOCK);
  }

  /** All columns of all tables that are the database's user's. */
  List<List<String>> all() throws SQLException {
    return ask(
        """
        SELECT table_schema, table_name, column_name FROM information_schema.columns
        WHERE LOWER(table_schema) NOT IN ('information_schema', 'pg_catalog') ORDER BY 1, 2, 3""");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  List<List<String>> ask(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<List<String>> all = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.add(rows.getString(i).toLowerCase(Locale.ROOT));
        }
        all.add(row);
      }
      return all;
    }
  }
}
