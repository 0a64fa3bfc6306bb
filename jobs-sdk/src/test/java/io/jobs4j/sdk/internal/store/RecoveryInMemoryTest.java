package io.jobs4j.sdk.internal.store;

class RecoveryInMemoryTest extends RecoveryContract {
  @Override
  Database open() {
    return Database.inMemory();
  }
}
