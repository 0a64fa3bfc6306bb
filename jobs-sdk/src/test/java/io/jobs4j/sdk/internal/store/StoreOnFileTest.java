package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.sql.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

class StoreOnFileTest extends StoreContract {
  @Override
  Database open(Path directory) {
    return Database.inDirectory(directory, Durability.POWER);
  }

  @Override
  void checkAfterClose(Map<String, Boolean> answers) {
    try (Store again =
        new Store(Database.inDirectory(directory, Durability.POWER), Clock.systemUTC())) {
      answers.forEach(
          (uuid, stored) ->
              assertThat(again.jobs().load(uuid).isPresent()).as(uuid).isEqualTo(stored));
    }
  }
}
