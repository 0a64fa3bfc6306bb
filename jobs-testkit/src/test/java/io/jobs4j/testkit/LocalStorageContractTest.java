package io.jobs4j.testkit;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.spi.FileStorage;
import java.nio.file.Path;

class LocalStorageContractTest extends FileStorageContract {
  @Override
  protected FileStorage open(Path rootDirectory) {
    return new LocalStorage(rootDirectory);
  }
}
