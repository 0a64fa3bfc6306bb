package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that are over are deleted after a time. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class EndedJobsTest extends StoreFixture {
  @Test
  void jobsThatHaveBeenOverForLongAreDeletedWhole() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      uuids.add(insert());
      bring(uuids.get(i), i % 2 == 0 ? FAILED : RUNNING);
    }
    clock.move(Duration.ofDays(2));
    String young = insert();
    bring(young, FAILED);
    Instant before = store.clock().instant().minus(Duration.ofDays(1));
    long from = 0;
    do {
      from = store.ended().delete(before, from, 3);
    } while (from != 0);
    for (int i = 0; i < 10; i++) {
      assertThat(store.jobs().load(uuids.get(i)).isPresent()).isEqualTo(i % 2 == 1);
    }
    assertThat(store.jobs().load(young)).isPresent();
    List<List<Map<String, Object>>> tables = Stored.tables(database);
    assertThat(tables.get(1)).as("payloads").hasSize(6);
    assertThat(tables.get(3)).extracting(row -> row.get("job_id")).doesNotContainNull();
    assertThat(tables.get(3).stream().map(row -> row.get("job_id")).distinct()).hasSize(6);
  }
}
