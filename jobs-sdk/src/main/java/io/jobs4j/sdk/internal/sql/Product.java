package io.jobs4j.sdk.internal.sql;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** What a database says that it is. */
final class Product {
  private Product() {}

  /**
   * The dialect of a database that can give the durability that is wanted.
   *
   * @throws StoreException if it has none, or cannot give that
   */
  static Dialect recognise(Handle handle, Durability level) {
    try {
      DatabaseMetaData metadata = handle.getConnection().getMetaData();
      Dialect dialect = Dialect.of(metadata);
      dialect.require(level, metadata.getURL(), handle);
      return dialect;
    } catch (SQLException e) {
      throw new StoreException("The database does not say what it is: " + e.getMessage(), e);
    }
  }

  /** What it is, and of which version. */
  static String name(Handle handle) {
    try {
      DatabaseMetaData metadata = handle.getConnection().getMetaData();
      return metadata.getDatabaseProductName() + " " + metadata.getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new StoreException("The database does not say what it is: " + e.getMessage(), e);
    }
  }
}
