package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.WireFormatException;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody has mended a job with SQL of his own, and not well. */
class UnreadableJobTest {
  @TempDir Path directory;

  private final Job sound = Stored.job();
  private final Job damaged = Stored.job();

  /** Whoever looks into them hears of it, and nobody else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"inputs | {\"in\": [a]}", "parameters | []", "inputs | 1"})
  void aJobWhoseInputsOrParametersCannotBeReadGoesOn(String column, String text) {
    damage("UPDATE jobs4j_job_payload SET %s = '%s' WHERE job_id = ?".formatted(column, text));
    try (Store store = store()) {
      List<LeasedJob> claimed = store.leases().claim("", 10);
      assertThat(claimed)
          .extracting(leased -> leased.job().job().id())
          .containsExactlyInAnyOrder(damaged.id(), sound.id());
      Job read = store.jobs().load(damaged.id()).orElseThrow().job();
      assertThatThrownBy(() -> read.inputs().containsKey(read.parameters().toString()))
          .isInstanceOf(WireFormatException.class)
          .hasMessageContaining(column);
      JobHead stopped =
          store.changes().change(damaged.id(), head -> JobChange.to(JobStatus.PENDING, "Goes on."));
      assertThat(stopped.status()).isEqualTo(JobStatus.PENDING);
    }
  }

  @Test
  void othersDoNotWaitForAJobThatCannotBeRead() {
    damage("UPDATE jobs4j_job SET condition_code = 'NONE_OF_OURS' WHERE id = ?");
    try (Store store = store();
        CapturedLog log = new CapturedLog()) {
      List<LeasedJob> claimed = store.leases().claim("", 1);
      assertThat(claimed).extracting(leased -> leased.job().job()).containsExactly(sound);
      assertThat(store.leases().claim("", 10)).isEmpty();
      assertThat(log.lines("NONE_OF_OURS is no ConditionCode"))
          .singleElement()
          .asString()
          .contains(damaged.id());
    }
  }

  /** The one is stored first. The next engine has nothing of them in memory. */
  private void damage(String sql) {
    Database database = Database.inDirectory(directory, Durability.POWER);
    try (Store store = new Store(database, Clock.systemUTC())) {
      long id = store.jobs().insert(damaged, "{}");
      store.jobs().insert(sound, "{}");
      int rows = database.jdbi().withHandle(handle -> handle.execute(sql, id));
      assertThat(rows).isOne();
    }
  }

  private Store store() {
    return new Store(Database.inDirectory(directory, Durability.POWER), Clock.systemUTC());
  }
}
