package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Opening;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user of an H2 database who is no administrator can do, and is told. */
@Timeout(120)
class LimitedUserOnH2Test {
  @TempDir Path directory;
  private DataSource administrator;
  private DataSource limited;

  @BeforeEach
  void makeUser() throws Exception {
    administrator = source("sa", "");
    limited = source("jobs", "secret");
    execute("CREATE USER jobs PASSWORD 'secret'");
  }

  @AfterEach
  void close() throws Exception {
    execute("SHUTDOWN");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void withRightsOnTheTablesAnEngineWorksWithoutDurability(boolean makesTables) throws Exception {
    makeTables();
    try (Store store = store(Durability.NONE, makesTables)) {
      String job = EnginesFixture.insert(store);
      assertThat(EnginesFixture.uuids(store.leases().claim("", 1))).containsExactly(job);
      assertThat(store.jobs().load(job)).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Durability.class,
      names = {"PROCESS", "POWER"})
  void onlyAnAdministratorHasWhatWasCommittedForcedToTheDisk(Durability level) throws Exception {
    makeTables();
    assertThatThrownBy(() -> store(level, false))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "Durability %s is wanted, and the user JOBS of the H2 database is no administrator; only"
                + " administrators may have what was committed forced to the disk. Give the engine"
                + " one (ALTER USER JOBS ADMIN TRUE), or start it with durability NONE.",
            level);

    execute("ALTER USER jobs ADMIN TRUE");
    try (Store store = store(level, false)) {
      assertThat(store.jobs().load(EnginesFixture.insert(store))).isPresent();
    }
  }

  @Test
  void tablesThatTheUserMayNotMakeAreAskedFor() {
    assertThatThrownBy(() -> store(Durability.NONE, true))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "The tables of this version are not all there, and the database's user may not make"
                + " them. Start an engine once as a user who may, or have the statements run that"
                + " io.jobs4j.sdk.SchemaScript prints.");
    assertThatThrownBy(() -> store(Durability.NONE, false))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("The tables of this version are not all there, and createTables")
        .hasMessageContaining("io.jobs4j.sdk.SchemaScript");
  }

  /** As an administrator would, with no more rights for the user than an engine needs. */
  private void makeTables() throws SQLException {
    execute(SchemaScript.H2.text());
    List<String> grants = new ArrayList<>();
    try (Connection connection = administrator.getConnection();
        var tables = connection.getMetaData().getTables(null, "PUBLIC", null, null)) {
      while (tables.next()) {
        grants.add(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO jobs"
                .formatted(tables.getString("TABLE_NAME")));
      }
    }
    assertThat(grants).isNotEmpty();
    for (String grant : grants) {
      execute(grant);
    }
  }

  private JdbcDataSource source(String user, String password) {
    JdbcDataSource source = new JdbcDataSource();
    // Only an administrator may set options.
    source.setUrl(
        "jdbc:h2:async:"
            + directory.resolve("shared")
            + (user.equals("sa") ? ";DB_CLOSE_DELAY=-1" : ""));
    source.setUser(user);
    source.setPassword(password);
    return source;
  }

  private Store store(Durability level, boolean makesTables) {
    Opening opening = new Opening(level, Duration.ofSeconds(30), Names.DEFAULT, makesTables);
    return new Store(Database.of(limited, opening), Stored.CLOCK);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = administrator.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
