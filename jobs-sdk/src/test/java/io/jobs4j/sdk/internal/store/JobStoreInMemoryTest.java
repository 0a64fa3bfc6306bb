package io.jobs4j.sdk.internal.store;

import java.nio.file.Path;

class JobStoreInMemoryTest extends JobStoreContract {
  @Override
  Database open(Path directory) {
    return Database.inMemory();
  }
}
