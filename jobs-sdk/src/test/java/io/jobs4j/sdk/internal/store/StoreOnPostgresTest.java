package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoreOnPostgresTest extends StoreContract {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Override
  Database open(Path directory) {
    return Database.at(POSTGRES.newDatabaseUrl(), "postgres", "", Durability.POWER);
  }
}
