package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerThreadTest {
  private static final Instant TIME = Instant.parse("2030-01-02T03:04:05Z");

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger dropped = new AtomicInteger();
  private final EngineMetrics metrics =
      new EngineMetrics() {
        @Override
        public void count(String name, long amount, String... tags) {
          assertThat(name).isEqualTo(EngineMetricNames.LISTENER_DROPPED);
          dropped.addAndGet((int) amount);
        }
      };

  @Test
  void whatThereIsNoRoomForIsDroppedAndCounted() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (ListenerThread thread =
        new ListenerThread(
            event -> {
              called.countDown();
              awaitQuietly(release);
              told.add(event.jobId());
            },
            3,
            metrics)) {
      thread.tell(event("a"));
      called.await();
      for (String job : List.of("b", "c", "d", "too", "many")) {
        thread.tell(event(job));
      }
      assertThat(dropped).hasValue(2);
      release.countDown();
      await().until(() -> told.size() == 4);
      thread.tell(event("e"));
    }
    assertThat(told).containsExactly("a", "b", "c", "d", "e");
    assertThat(dropped).hasValue(2);
  }

  @Test
  void whatAListenerThrowsOrLeavesBehindHarmsNothing() {
    try (ListenerThread thread =
        new ListenerThread(
            event -> {
              told.add(event.jobId());
              if (event.jobId().equals("a")) {
                throw new IllegalStateException("the listener's");
              } else if (event.jobId().equals("b")) {
                throw new NoClassDefFoundError("listener/Part");
              }
              Thread.currentThread().interrupt();
            },
            10,
            metrics)) {
      for (String job : List.of("a", "b", "c", "d")) {
        thread.tell(event(job));
      }
    }
    assertThat(told).containsExactly("a", "b", "c", "d");
  }

  @Test
  void closingEndsAListenerThatDoesNotReturn() {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    ListenerThread thread =
        new ListenerThread(
            event -> {
              told.add(event.jobId());
              if (!awaitQuietly(never)) {
                interrupted.countDown();
              }
            },
            10,
            metrics);
    thread.tell(event("a"));
    thread.tell(event("b"));
    thread.close();
    assertThat(interrupted.getCount()).isZero();
    thread.tell(event("c"));
    assertThat(told).containsExactly("a");
  }

  @Test
  void aGaugeAsksNothingOfAnEngineThatIsClosed() {
    AtomicReference<Supplier<Number>> registered = new AtomicReference<>();
    AtomicInteger asked = new AtomicInteger();
    GuardedMetrics guarded =
        new GuardedMetrics(
            new EngineMetrics() {
              @Override
              public void count(String name, long amount, String... tags) {
                throw new IllegalStateException("the registry's");
              }

              @Override
              public void gauge(String name, Supplier<Number> value, String... tags) {
                registered.set(value);
              }
            });
    guarded.count("name", 1);
    guarded.gauge("name", asked::incrementAndGet);
    assertThat(registered.get().get()).isEqualTo(1);
    guarded.close();
    assertThat(registered.get().get()).isEqualTo(Double.NaN);
    assertThat(asked).hasValue(1);
  }

  /** Returns whether it was not interrupted. */
  private static boolean awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static JobEvent event(String jobId) {
    return new JobEvent(
        jobId,
        "acme",
        "alice",
        "app",
        "system",
        null,
        JobStatus.ACCEPTED,
        List.of(new HistoryEvent(1, TIME, JobEventName.ACCEPTED, "accepted", null, null)),
        TIME,
        null);
  }
}
