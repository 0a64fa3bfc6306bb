package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.sql.Database;
import java.nio.file.Path;

class JobStoreInMemoryTest extends JobStoreContract {
  @Override
  Database open(Path directory) {
    return Database.inMemory();
  }
}
