package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.store.Recovery;
import java.util.Optional;

/** Looks whether what jobs wait for has cleared. */
final class Probes {
  private final Catalog catalog;
  private final Adapters adapters;

  Probes(Catalog catalog, Adapters adapters) {
    this.catalog = catalog;
    this.adapters = adapters;
  }

  /**
   * Whether it has cleared, as far as that can be told without a job.
   *
   * @throws InterruptedException if the engine is closing
   */
  boolean hasCleared(Recovery recovery) throws InterruptedException {
    try {
      return switch (recovery.condition()) {
        case APPLICATION_NOT_AVAILABLE ->
            catalog.app(recovery.tenantId(), recovery.subject()).filter(App::available).isPresent();
        // Limits are for the database to tell.
        case QUOTA_EXCEEDED -> true;
        default -> answers(recovery.tenantId(), recovery.subject());
      };
    } catch (TransientAdapterException | PermanentAdapterException e) {
      return false;
    }
  }

  private boolean answers(String tenantId, String systemId) throws InterruptedException {
    Optional<ExecutionSystem> execution = catalog.executionSystem(tenantId, systemId);
    if (execution.isPresent()) {
      if (!execution.get().available()) {
        return false;
      }
      adapters.scheduler(execution.get()).probe();
      return canBeRead(adapters.storage(execution.get()));
    }
    Optional<StorageSystem> storage = catalog.storageSystem(tenantId, systemId);
    return storage.isPresent()
        && storage.get().available()
        && canBeRead(adapters.storage(storage.get()));
  }

  private static boolean canBeRead(FileStorage storage) throws InterruptedException {
    return storage.stat(StoragePath.ROOT).isPresent();
  }
}
