package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NamesOnPostgresTest extends NamesContract {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Override
  DataSource newDatabase(Path directory) {
    return POSTGRES.newDatabase();
  }

  @Override
  Dialect dialect() {
    return Dialect.POSTGRESQL;
  }

  @Override
  SchemaScript script() {
    return SchemaScript.POSTGRESQL;
  }

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

  private String channel(Names names) {
    return names
        .on(Jdbi.create(source))
        .withHandle(
            handle ->
                handle.createQuery("SELECT " + Announcements.CHANNEL).mapTo(String.class).one());
  }
}
