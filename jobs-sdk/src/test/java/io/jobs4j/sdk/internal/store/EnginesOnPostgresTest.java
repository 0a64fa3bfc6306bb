package io.jobs4j.sdk.internal.store;

import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;

class EnginesOnPostgresTest extends EnginesContract {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @Override
  DataSource newDatabase(Path directory) {
    return POSTGRES.newDatabase();
  }
}
