package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.WireFormatException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.LeasedJob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody has mended a job with SQL of his own, and not well. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class UnreadableJobTest extends StoreFixture {
  private static final String DAMAGE =
      "UPDATE jobs4j_job SET condition_code = 'NONE_OF_OURS' WHERE id = ?";

  /** Whoever looks into them hears of it, and nobody else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"inputs | {\"in\": [a]}", "parameters | []", "inputs | 1"})
  void aJobWhoseInputsOrParametersCannotBeReadGoesOn(String column, String text) {
    String damaged = insert();
    String sound = insert();
    damage(
        "UPDATE jobs4j_job_payload SET %s = '%s' WHERE job_id = ?".formatted(column, text),
        damaged);
    assertThat(claimed(10)).containsExactlyInAnyOrder(damaged, sound);
    Job read = store.jobs().load(damaged).orElseThrow().job();
    assertThatThrownBy(() -> read.inputs().containsKey(read.parameters().toString()))
        .isInstanceOf(WireFormatException.class)
        .hasMessageContaining(column);
    JobHead head =
        store.changes().change(damaged, before -> JobChange.to(JobStatus.PENDING, "Goes on."));
    assertThat(head.status()).isEqualTo(JobStatus.PENDING);
  }

  @Test
  void othersDoNotWaitForAJobThatCannotBeRead() {
    String damaged = insert();
    String sound = insert();
    damage(DAMAGE, damaged);
    try (CapturedLog log = new CapturedLog()) {
      assertThat(claimed(1)).containsExactly(sound);
      assertThat(claimed(10)).isEmpty();
      assertThat(log.lines("NONE_OF_OURS is no ConditionCode"))
          .singleElement()
          .asString()
          .contains(damaged);
      assertThat(store.jobs().load(List.of(damaged, sound))).containsOnlyKeys(sound);
    }
  }

  @Test
  void aJobThatIsMendedGoesOn() {
    String damaged = insert();
    damage(DAMAGE, damaged);
    assertThat(claimed(10)).isEmpty();
    clock.move(Duration.ofMinutes(5));
    assertThat(store.timers().wakeDue()).isEqualTo(1);
    assertThat(claimed(10)).isEmpty();
    damage("UPDATE jobs4j_job SET condition_code = NULL WHERE id = ?", damaged);
    clock.move(Duration.ofMinutes(5));
    assertThat(store.timers().wakeDue()).isEqualTo(1);
    assertThat(claimed(10)).containsExactly(damaged);
  }

  @Test
  void othersAreWatchedAllTheSame() {
    String damaged = insert();
    String sound = insert();
    damage(DAMAGE, damaged);
    database
        .jdbi()
        .useHandle(
            handle -> handle.execute("UPDATE jobs4j_job_queue SET state = 'O', engine = NULL"));
    assertThat(uuids(store.leases().adopt(1))).containsExactly(sound);
    assertThat(store.leases().adopt(10)).isEmpty();
  }

  private List<String> claimed(int limit) {
    return uuids(store.leases().claim("", limit));
  }

  private static List<String> uuids(List<LeasedJob> jobs) {
    return jobs.stream().map(leased -> leased.lease().uuid()).toList();
  }

  /** The store has had the job in memory, and then not any more. */
  private void damage(String sql, String uuid) {
    List<LeasedJob> all = store.leases().claim("", 10);
    int released =
        StoreWriter.result(store.leases().release(all.stream().map(LeasedJob::lease).toList()));
    assertThat(released).isEqualTo(all.size());
    long id = id(uuid);
    int rows = database.jdbi().withHandle(handle -> handle.execute(sql, id));
    assertThat(rows).isOne();
  }

  private long id(String uuid) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery("SELECT id FROM jobs4j_job WHERE uuid = ?")
                    .bind(0, uuid)
                    .mapTo(Long.class)
                    .one());
  }
}
