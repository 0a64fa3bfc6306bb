package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.sql.Database;

class RecoveryInMemoryTest extends RecoveryContract {
  @Override
  Database open() {
    return Database.inMemory();
  }
}
