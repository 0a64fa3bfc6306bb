package io.jobs4j.sdk.internal.store;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * The databases that tests of stores run on. Reports number those of a class in this order, from 1.
 */
enum TestedDatabase {
  H2_IN_MEMORY,
  H2_FILE,
  POSTGRESQL;

  /** Connections of an administrator to an H2 database that several engines may use. */
  static DataSource h2(Path directory, String options) {
    JdbcDataSource source = new JdbcDataSource();
    source.setUrl("jdbc:h2:async:" + directory.resolve("shared") + options);
    source.setUser("sa");
    source.setPassword("");
    return source;
  }
}
