package io.jobs4j.core.local;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/** Opens {@link LocalStorage} for the protocol LOCAL. Stateless. */
public final class LocalStorageProvider implements FileStorageProvider {
  @Override
  public Set<String> protocols() {
    return Set.of("LOCAL");
  }

  /**
   * Opens the storage in {@link StorageAccess#rootDir()}.
   *
   * @throws PermanentAdapterException if {@code rootDir} is no absolute path
   * @throws TransientAdapterException if no directory is there, or its file system is not mounted
   */
  @Override
  public FileStorage open(StorageAccess access) {
    Path root;
    try {
      root = Path.of(access.rootDir());
    } catch (InvalidPathException e) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "rootDir \"%s\" of a LOCAL storage cannot be a path on this machine: %s"
              .formatted(access.rootDir(), e.getReason()),
          e);
    }
    if (!root.isAbsolute()) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "rootDir \"%s\" of a LOCAL storage must be an absolute path, such as \"/data/jobs\"."
              .formatted(access.rootDir()));
    }
    String marker = access.markerFile();
    return new LocalStorage(root, marker == null ? null : StoragePath.parse(marker));
  }
}
