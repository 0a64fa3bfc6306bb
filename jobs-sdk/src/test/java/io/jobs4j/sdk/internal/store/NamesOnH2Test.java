package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.internal.sql.Dialect;
import java.nio.file.Path;
import javax.sql.DataSource;

class NamesOnH2Test extends NamesContract {
  @Override
  DataSource newDatabase(Path directory) {
    return TestedDatabase.h2(directory, ";DB_CLOSE_DELAY=5");
  }

  @Override
  Dialect dialect() {
    return Dialect.H2;
  }

  @Override
  SchemaScript script() {
    return SchemaScript.H2;
  }
}
