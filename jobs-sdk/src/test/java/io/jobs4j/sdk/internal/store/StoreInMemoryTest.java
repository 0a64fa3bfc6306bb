package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.sql.Database;
import java.nio.file.Path;

class StoreInMemoryTest extends StoreContract {
  @Override
  Database open(Path directory) {
    return Database.inMemory();
  }
}
