package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

class JobStoreOnFileTest extends JobStoreContract {
  @Override
  Database open(Path directory) {
    return Database.inDirectory(directory);
  }

  @Override
  void checkAfterClose(Map<String, Boolean> answers) {
    try (JobStore again =
        new JobStore(Database.inDirectory(directory), Clock.systemUTC(), uuid -> {})) {
      answers.forEach(
          (uuid, stored) -> assertThat(again.load(uuid).isPresent()).as(uuid).isEqualTo(stored));
    }
  }
}
