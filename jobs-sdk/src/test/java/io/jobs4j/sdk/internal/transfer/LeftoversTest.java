package io.jobs4j.sdk.internal.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.local.LocalStorage;
import io.jobs4j.core.spi.StoragePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeftoversTest {
  @TempDir Path root;

  /** Twenty directories that link to each other are more ways than anyone can go. */
  @Test
  void linksAreNotFollowed() throws Exception {
    Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
    Path kept = Files.createFile(elsewhere.resolve(temporary(1)));
    for (int i = 0; i < 20; i++) {
      Path directory = Files.createDirectories(root.resolve("work/" + i));
      Files.createFile(directory.resolve(temporary(1)));
      for (int to = 0; to < 20; to++) {
        Files.createSymbolicLink(directory.resolve("to" + to), Path.of("../" + to));
      }
      Files.createSymbolicLink(directory.resolve("elsewhere"), elsewhere);
    }

    try (LocalStorage storage = new LocalStorage(root)) {
      Leftovers.deleteBelow(storage, StoragePath.parse("work"), new Fence("job", 2, () -> {}));
    }

    for (int i = 0; i < 20; i++) {
      assertThat(root.resolve("work/" + i).toFile().list()).hasSize(21);
    }
    assertThat(kept).exists();
  }

  private static String temporary(int lease) {
    return ".jobs4j-job." + lease + "-" + UUID.randomUUID() + ".part";
  }
}
