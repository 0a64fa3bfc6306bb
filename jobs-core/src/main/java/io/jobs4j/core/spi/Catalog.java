package io.jobs4j.core.spi;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageSystem;
import java.util.Optional;

/**
 * Where the engine looks up apps and systems. What a tenant cannot see is not there. Safe for use
 * by several threads; answers may change over time.
 */
public interface Catalog {
  Optional<App> app(String tenantId, String appId);

  Optional<ExecutionSystem> executionSystem(String tenantId, String systemId);

  /** A storage system, or the storage of an execution system with that id. */
  Optional<StorageSystem> storageSystem(String tenantId, String systemId);

  /** Where inputs come from and archives go to when nobody says. */
  Optional<StorageSystem> defaultStorageSystem(String tenantId);
}
