package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody has mended a job with SQL of his own, and not well. */
class UnreadableJobTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UPDATE jobs4j_job_payload SET inputs = '{\"in\": [a]}' WHERE job_id = ?",
        "UPDATE jobs4j_job_payload SET parameters = '[]' WHERE job_id = ?",
        "UPDATE jobs4j_job SET condition_code = 'NONE_OF_OURS' WHERE id = ?"
      })
  void othersDoNotWaitForAJobThatCannotBeRead(String damage) {
    Job sound = Stored.job();
    Database database = Database.inDirectory(directory, Durability.POWER);
    try (Store store = new Store(database, Clock.systemUTC())) {
      long damaged = store.jobs().insert(Stored.job(), "{}");
      store.jobs().insert(sound, "{}");
      int rows = database.jdbi().withHandle(handle -> handle.execute(damage, damaged));
      assertThat(rows).isOne();
    }
    try (Store store =
        new Store(Database.inDirectory(directory, Durability.POWER), Clock.systemUTC())) {
      List<LeasedJob> claimed = store.leases().claim("", 10);
      assertThat(claimed).extracting(leased -> leased.job().job()).containsExactly(sound);
    }
  }
}
