package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.sdk.internal.store.Stored.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.internal.job.JobChange;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that rest until their time has come. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class TimersTest extends StoreFixture {
  @Test
  void jobsWakeUpWhenTheirTimeComes() {
    String first = insert();
    String second = insert();
    String third = insert();
    String waiting = insert();
    String over = insert();
    bring(over, FAILED);
    store.changes().change(first, head -> JobChange.NONE.dueAt(START.plusSeconds(20)));
    store.changes().change(second, head -> JobChange.NONE.dueAt(START.plusSeconds(10)));
    store.changes().change(third, head -> JobChange.NONE.dueAt(START.plusSeconds(10)));
    store.changes().change(waiting, head -> JobChange.NONE.dueAt(null));
    assertThat(store.timers().wakeDue()).isZero();
    assertThat(ready()).isEmpty();
    assertThat(store.timers().next()).contains(START.plusSeconds(10));
    clock.move(Duration.ofSeconds(10));
    assertThat(store.timers().wakeDue()).isEqualTo(2);
    assertThat(ready()).containsExactly(second, third);
    assertThat(store.timers().next()).contains(START.plusSeconds(20));
    store.changes().change(second, head -> JobChange.to(PENDING, "").dueAsBefore());
    assertThat(ready()).containsExactly(second, third);
    clock.move(Duration.ofSeconds(10));
    assertThat(store.timers().wakeDue()).isEqualTo(1);
    assertThat(ready()).as("places are kept").containsExactly(first, second, third);
    assertThat(store.timers().next()).isEmpty();
    assertThat(claim(2)).containsExactly(first, second);
    assertThat(claim(10)).containsExactly(third);
    assertThat(claim(10)).isEmpty();
  }
}
