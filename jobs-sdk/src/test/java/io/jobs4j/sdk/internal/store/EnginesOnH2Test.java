package io.jobs4j.sdk.internal.store;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class EnginesOnH2Test extends EnginesContract {
  @Override
  DataSource newDatabase(Path directory) {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:async:" + directory.resolve("shared"));
    source.setUser("sa");
    source.setPassword("");
    return source;
  }
}
