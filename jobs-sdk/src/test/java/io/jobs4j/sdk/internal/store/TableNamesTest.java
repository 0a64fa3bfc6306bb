package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.sql.Inventory;
import io.jobs4j.sdk.internal.sql.Migrator;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of tables on a database that has others too. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_FILE", "POSTGRESQL"})
class TableNamesTest extends TableNamesFixture {
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
      String job = EnginesFixture.insert(one);
      assertThat(other.jobs().load(job)).isEmpty();
      assertThat(other.leases().claim("", 1)).isEmpty();
      assertThat(other.cluster().others()).isZero();
      assertThat(second.cluster().others()).isEqualTo(1);
      String theirs = EnginesFixture.insert(other);
      assertThat(EnginesFixture.uuids(second.leases().claim("", 2))).containsExactly(job);
      assertThat(EnginesFixture.uuids(other.leases().claim("", 2))).containsExactly(theirs);
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
      assertThat(store.jobs().load(EnginesFixture.insert(store))).isPresent();
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
      assertThat(store.jobs().load(EnginesFixture.insert(store))).isPresent();
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
}
