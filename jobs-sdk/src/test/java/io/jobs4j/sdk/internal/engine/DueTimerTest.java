package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DueTimerTest {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2030-01-02T03:04:05Z"));
  private final InstantSource clock = now::get;
  private final Store store = new Store(Database.inMemory(), clock.withZone(ZoneOffset.UTC));
  private final List<Duration> within = new ArrayList<>();
  private final AtomicInteger woken = new AtomicInteger();
  private final DueTimer timer =
      new DueTimer(store.timers(), clock, new ReentrantLock(), within::add, woken::incrementAndGet);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theEarliestTimeCounts() {
    assertThat(timer.rest(LONGEST)).isEqualTo(LONGEST);
    timer.set(now.get().plusSeconds(20));
    timer.set(now.get().plusSeconds(30));
    timer.set(now.get().plusSeconds(10));
    assertThat(within).containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(10));
    assertThat(timer.rest(LONGEST)).isEqualTo(Duration.ofSeconds(10));
    assertThat(timer.rest(Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(1));
    now.set(now.get().plusSeconds(11));
    assertThat(timer.rest(LONGEST)).isZero();
  }

  @Test
  void jobsBecomeReadyWhenTheirTimeComesAndTheNextOneIsFound() {
    rests(10);
    rests(25);
    timer.wakeDue();
    assertThat(woken).hasValue(0);
    assertThat(timer.rest(LONGEST)).isEqualTo(Duration.ofSeconds(10));
    now.set(now.get().plusSeconds(10));
    timer.wakeDue();
    assertThat(woken).hasValue(1);
    assertThat(store.leases().claim("", 10)).hasSize(1);
    assertThat(timer.rest(LONGEST)).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void theDatabaseIsAskedAgainOnlyWhenTheTimeComesOrTheTimerForgets() {
    timer.wakeDue();
    rests(10);
    timer.wakeDue();
    assertThat(timer.rest(LONGEST)).as("nobody has said anything").isEqualTo(LONGEST);
    timer.forget();
    timer.wakeDue();
    assertThat(timer.rest(LONGEST)).isEqualTo(Duration.ofSeconds(10));
  }

  private void rests(long seconds) {
    String uuid = Samples.accepted(store, UUID.randomUUID().toString(), "system");
    Instant time = now.get().plusSeconds(seconds);
    store.changes().change(uuid, head -> JobChange.NONE.dueAt(time));
  }
}
