package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.Durability;
import io.jobs4j.testsupport.PostgresExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

class RecoveryOnPostgresTest extends RecoveryContract {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Override
  Database open() {
    return Database.at(POSTGRES.newDatabaseUrl(), "postgres", "", Durability.POWER);
  }
}
