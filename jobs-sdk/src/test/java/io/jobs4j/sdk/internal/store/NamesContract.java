package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.Inventory;
import io.jobs4j.sdk.internal.sql.Migrator;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Opening;
import io.jobs4j.sdk.internal.sql.Script;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of tables on a database that has others too, whatever database it is. */
@Timeout(120)
abstract class NamesContract {
  private static final Names OTHER = Names.DEFAULT.withPrefix("other_");

  @TempDir Path directory;
  DataSource source;

  abstract DataSource newDatabase(Path directory);

  abstract Dialect dialect();

  abstract SchemaScript script();

  @BeforeEach
  void makeDatabase() {
    source = newDatabase(directory);
  }

  @Test
  void enginesWithDifferentPrefixesDoNotSeeEachOther() {
    assertApart(Names.DEFAULT, OTHER);
  }

  @Test
  void enginesInDifferentSchemasDoNotSeeEachOther() throws Exception {
    execute("CREATE SCHEMA one");
    execute("CREATE SCHEMA two");
    assertApart(Names.DEFAULT.withSchema("one"), Names.DEFAULT.withSchema("two"));
    assertApart(Names.DEFAULT, OTHER.withSchema("two"));
  }

  private void assertApart(Names names, Names others) {
    try (Store one = store(names);
        Store other = store(others);
        Store second = store(names)) {
      String job = EnginesContract.insert(one);
      assertThat(other.jobs().load(job)).isEmpty();
      assertThat(other.leases().claim("", 1)).isEmpty();
      assertThat(other.cluster().others()).isZero();
      assertThat(second.cluster().others()).isEqualTo(1);
      String theirs = EnginesContract.insert(other);
      assertThat(EnginesContract.uuids(second.leases().claim("", 2))).containsExactly(job);
      assertThat(EnginesContract.uuids(other.leases().claim("", 2))).containsExactly(theirs);
    }
  }

  @Test
  void whoMakesTablesKeepsOnlyThoseOfTheSameNamesWaiting() throws Exception {
    execute("CREATE SCHEMA work");
    dialect()
        .changeSchema(
            Names.DEFAULT.on(Jdbi.create(source)),
            handle -> {
              Migrator same =
                  new Migrator(
                      Names.DEFAULT.on(Jdbi.create(source)),
                      dialect(),
                      Names.DEFAULT,
                      true,
                      Script.of(dialect()),
                      Duration.ofMillis(50));
              assertThatThrownBy(same::migrate)
                  .hasMessageContaining("another engine is making them");
              store(OTHER).close();
              store(Names.DEFAULT.withSchema("work")).close();
            });
  }

  @Test
  void allThatIsMadeBearsThePrefixAndHasTheColumnsOfItsScript() throws Exception {
    execute("CREATE SCHEMA work");
    store(OTHER.withSchema("work")).close();
    Inventory inventory =
        new Inventory(
            dialect(),
            OTHER,
            Stream.concat(
                    dialect().foundation().stream(), Script.of(dialect()).stream().map(Script::sql))
                .toList());
    Map<String, Set<String>> tables = new TreeMap<>();
    ask("SELECT table_name, column_name FROM information_schema.columns WHERE LOWER(table_schema) ="
            + " 'work'")
        .forEach(
            row ->
                tables
                    .computeIfAbsent(row.get(0).replaceAll("^other_", ""), key -> new TreeSet<>())
                    .add(row.get(1)));
    // Later scripts may have added columns, which older databases do not have yet.
    assertThat(tables).containsOnlyKeys(inventory.tables().keySet());
    inventory
        .tables()
        .forEach((table, columns) -> assertThat(tables.get(table)).as(table).containsAll(columns));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TABLE jobs4j_job (id INTEGER)",
        "CREATE TABLE jobs4j_engine (id VARCHAR(64) PRIMARY KEY, model VARCHAR(9))",
        "CREATE TABLE jobs4j_schema (version INTEGER)",
        "CREATE SEQUENCE jobs4j_job_number",
        "CREATE VIEW jobs4j_quota AS SELECT 1 AS system_id",
        "CREATE TABLE t (n INTEGER); CREATE INDEX jobs4j_job_by_owner ON t (n)",
        "CREATE TABLE t (n INTEGER, CONSTRAINT jobs4j_job_uuid_unique UNIQUE (n))"
      })
  void whatIsOfOthersIsRefusedByNameAndNothingIsChanged(String made) throws Exception {
    execute(made);
    List<List<String>> before = all();
    String name = made.replaceAll("(?s).*(jobs4j_\\w+).*", "$1");
    assertThatThrownBy(() -> store(Names.DEFAULT))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "The schema public has what bears names of this engine's tables and is not its own:"
                + " %s. Nothing was changed. Give the engine another tablePrefix or schema.",
            name);
    assertThat(all()).isEqualTo(before);
    // What is wanted by those who have another prefix is not in the way.
    store(OTHER).close();
  }

  @Test
  void aTableThatTookThePlaceOfOneOfOursIsRefused() throws Exception {
    store(Names.DEFAULT).close();
    execute("DROP TABLE jobs4j_quota");
    execute("CREATE TABLE jobs4j_quota (name VARCHAR(9))");
    assertThatThrownBy(() -> store(Names.DEFAULT))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is not its own: jobs4j_quota.");
  }

  @Test
  void tablesOfOthersWithoutThePrefixStayAsTheyAre() throws Exception {
    execute("CREATE TABLE engine (id VARCHAR(64) PRIMARY KEY, model VARCHAR(9))");
    execute("CREATE TABLE job (id INTEGER)");
    try (Store store = store(Names.DEFAULT)) {
      assertThat(store.jobs().load(EnginesContract.insert(store))).isPresent();
    }
    assertThat(ask("SELECT id FROM job")).isEmpty();
  }

  @Test
  void aSchemaThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> store(Names.DEFAULT.withSchema("nowhere")))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "The database has no schema nowhere, or its user may not use it; engines make none.");
  }

  @Test
  void tablesThatMustNotBeMadeAreMissedUntilTheyAreThere() throws Exception {
    execute("CREATE SCHEMA work");
    Names names = OTHER.withSchema("work");
    List<List<String>> before = all();
    assertThatThrownBy(() -> store(names, false))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("The tables of this version are not all there, and createTables")
        .hasMessageContaining("io.jobs4j.sdk.SchemaScript");
    assertThat(all()).isEqualTo(before);
    execute(script().text("other_", "work"));
    List<List<String>> made = all();
    try (Store store = store(names, false)) {
      assertThat(store.jobs().load(EnginesContract.insert(store))).isPresent();
    }
    store(names).close();
    assertThat(all()).isEqualTo(made);
  }

  @Test
  void aScriptThatIsAddedRunsOnceOnTablesThatAreThere() throws Exception {
    store(OTHER).close();
    List<Script> scripts = new ArrayList<>(Script.of(dialect()));
    String added = "V00" + (scripts.size() + 1) + ".sql";
    scripts.add(
        new Script(
            added,
            "ALTER TABLE {quota} ADD COLUMN later INTEGER; CREATE TABLE {later} (n INTEGER);"));
    Jdbi jdbi = OTHER.on(Jdbi.create(source));
    for (int run = 0; run < 2; run++) {
      new Migrator(jdbi, dialect(), OTHER, true, scripts, Duration.ofMinutes(1)).migrate();
    }
    assertThat(ask("SELECT later FROM other_quota")).isEmpty();
    assertThat(ask("SELECT n FROM other_later")).isEmpty();
    assertThatThrownBy(() -> store(OTHER))
        .isInstanceOf(StoreException.class)
        .hasMessage("The database was made by a later version: it has run " + added + ".");
  }

  private Store store(Names names) {
    return store(names, true);
  }

  Store store(Names names, boolean makesTables) {
    Opening opening = new Opening(Durability.POWER, Duration.ofSeconds(30), names, makesTables);
    return new Store(Database.of(source, opening), Stored.CLOCK);
  }

  /** All columns of all tables that are the database's user's. */
  private List<List<String>> all() throws SQLException {
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

  private List<List<String>> ask(String sql) throws SQLException {
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
