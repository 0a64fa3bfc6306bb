package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.SchemaScript;
import io.jobs4j.sdk.internal.sql.Dialect;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class NamesOnH2Test extends NamesContract {
  @Override
  DataSource newDatabase(Path directory) {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:async:" + directory.resolve("shared") + ";DB_CLOSE_DELAY=5");
    source.setUser("sa");
    source.setPassword("");
    return source;
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
