package io.jobs4j.core.spi;

import io.jobs4j.core.model.StorageAccess;
import java.util.Set;

/**
 * Opens storages for the protocols that it knows. Found with {@link java.util.ServiceLoader}; an
 * engine makes a class that provides several services once.
 */
public interface FileStorageProvider {
  /** The protocols, in capitals. */
  Set<String> protocols();

  /** Opens one; the caller closes it. */
  FileStorage open(StorageAccess access);
}
