package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.PAUSED;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_INPUTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Paused jobs that schedulers have. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class PausedTableTest extends StoreFixture {
  @Test
  void pausedJobsThatTheirSchedulersHaveAreFoundAndMadeReady() {
    String running = insert();
    bring(running, RUNNING);
    String staging = insert();
    bring(staging, STAGING_INPUTS);
    for (String uuid : List.of(running, staging)) {
      store.requests().pause(uuid, "alice");
      store.changes().change(uuid, head -> JobChange.to(PAUSED, "").dueAt(null));
    }

    List<StoredJob> found = store.paused().resting(0, 10);
    assertThat(found).extracting(job -> job.job().id()).containsExactly(running);
    long id = found.get(0).id();
    assertThat(store.paused().resting(id, 10)).isEmpty();
    assertThat(store.paused().ready(List.of(id))).isEqualTo(1);
    assertThat(ready()).containsExactly(running);
    assertThat(store.paused().resting(0, 10)).isEmpty();
    assertThat(store.paused().ready(List.of(id))).isZero();
  }
}
