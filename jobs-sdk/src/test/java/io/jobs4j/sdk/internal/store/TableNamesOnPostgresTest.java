package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.AnnouncementChannel;
import io.jobs4j.sdk.internal.sql.Names;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What names of tables mean for channels and rights on PostgreSQL. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TestedDatabase.class, names = "POSTGRESQL")
class TableNamesOnPostgresTest extends TableNamesFixture {
  @Test
  void eachHasAChannelOfItsOwn() {
    Names longest = new Names("a".repeat(30), "b".repeat(63));
    List<Names> all =
        List.of(
            Names.DEFAULT,
            Names.DEFAULT.withPrefix("other_"),
            Names.DEFAULT.withSchema("work"),
            longest);
    Set<String> channels = new HashSet<>();
    for (Names names : all) {
      channels.add(channel(names));
    }
    assertThat(channels).hasSameSizeAs(all).allMatch(channel -> channel.length() < 64);
    // The schema is the same, whoever names it.
    assertThat(channel(Names.DEFAULT.withSchema("public"))).isEqualTo(channel(Names.DEFAULT));
  }

  @Test
  void aUserWithoutRightsIsToldSoAndNeedsThoseToReadAndWriteOnly() throws Exception {
    PGSimpleDataSource owner = (PGSimpleDataSource) source;
    String role = "engine_" + owner.getDatabaseName();
    execute("CREATE SCHEMA work");
    execute("CREATE ROLE " + role + " LOGIN");
    execute("GRANT USAGE ON SCHEMA work TO " + role);
    execute(SchemaScript.POSTGRESQL.text("jobs4j_", "work"));
    PGSimpleDataSource limited = new PGSimpleDataSource();
    limited.setUrl(owner.getUrl().replaceAll("user=[^&]*", "user=" + role));
    limited.setUser(role);
    source = limited;
    Names names = Names.DEFAULT.withSchema("work");
    assertThatThrownBy(() -> store(names, false))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("permission denied for table jobs4j_schema");

    source = owner;
    execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA work TO " + role);
    execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA work TO " + role);
    source = limited;
    try (Store store = store(names, false)) {
      assertThat(store.jobs().load(EnginesFixture.insert(store))).isPresent();
    }
  }

  private String channel(Names names) {
    return names
        .on(Jdbi.create(source))
        .withHandle(
            handle ->
                handle.createQuery("SELECT " + AnnouncementChannel.NAME).mapTo(String.class).one());
  }
}
