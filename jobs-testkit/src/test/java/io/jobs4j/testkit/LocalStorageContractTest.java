package io.jobs4j.testkit;

import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

class LocalStorageContractTest extends FileStorageContract {
  @Override
  protected FileStorage open(Path rootDirectory, @Nullable String markerFile) {
    return new LocalStorageProvider()
        .open(
            new StorageAccess(
                "LOCAL", null, 0, rootDirectory.toString(), "/", null, null, markerFile));
  }
}
