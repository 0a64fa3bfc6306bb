package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wait that is not ended by a change lasts so long here that the test fails. */
@Timeout(60)
class JobFeedTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration NONE = Duration.ZERO;

  private final JobFeed feed = new JobFeed();

  @Test
  void aChangeBetweenLookAndWaitIsNotLost() throws Exception {
    try (JobFeed.Subscription changes = feed.subscribe("job")) {
      feed.changed("job", false);
      changes.awaitChange(LONG);
      feed.changed("job", false);
      feed.changed("job", false);
      changes.awaitChange(LONG);
      feed.changed("job", false);
      changes.awaitChange(LONG);
    }
  }

  @Test
  void withoutAChangeTheWaitEndsWithItsTime() throws Exception {
    try (JobFeed.Subscription changes = feed.subscribe("job")) {
      feed.changed("other", false);
      long start = System.nanoTime();
      changes.awaitChange(Duration.ofMillis(30));
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000L);
      changes.awaitChange(NONE);
      changes.awaitChange(Duration.ofSeconds(-1));
    }
  }

  @Test
  void whatChangedBeforeTheWatchBeganIsNotTold() throws Exception {
    feed.changed("job", false);
    try (JobFeed.Subscription changes = feed.subscribe("job")) {
      long start = System.nanoTime();
      changes.awaitChange(Duration.ofMillis(30));
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000L);
    }
  }

  @Test
  void allWhoWatchAJobAreToldAlsoAfterOneHasLeft() throws Exception {
    try (JobFeed.Subscription one = feed.subscribe("job")) {
      JobFeed.Subscription two = feed.subscribe("job");
      feed.changed("job", false);
      one.awaitChange(LONG);
      two.awaitChange(LONG);
      two.close();
      two.close();
      feed.changed("job", false);
      one.awaitChange(LONG);
    }
    feed.changed("job", false);
    try (JobFeed.Subscription again = feed.subscribe("job")) {
      feed.changed("job", false);
      again.awaitChange(LONG);
    }
  }

  @Test
  void whoWaitsForTheEndIsNotWokenByOtherChanges() throws Exception {
    try (JobFeed.Subscription end = feed.subscribeEnd("job")) {
      feed.changed("job", false);
      long start = System.nanoTime();
      end.awaitChange(Duration.ofMillis(30));
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000L);
      feed.changed("job", true);
      end.awaitChange(LONG);
      feed.wakeAll();
      end.awaitChange(LONG);
    }
  }

  @Test
  void allAreWokenInTheEnd() throws Exception {
    try (JobFeed.Subscription one = feed.subscribe("one");
        JobFeed.Subscription other = feed.subscribe("other")) {
      feed.wakeAll();
      one.awaitChange(LONG);
      other.awaitChange(LONG);
    }
  }

  @Test
  void anInterruptEndsTheWait() {
    try (JobFeed.Subscription changes = feed.subscribe("job")) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> changes.awaitChange(LONG)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void whoeverLooksAfterEachWaitSeesTheLastChange() throws Exception {
    int last = 20_000;
    AtomicInteger state = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            pool.submit(
                () -> {
                  try (JobFeed.Subscription changes = feed.subscribe("job")) {
                    while (state.get() < last) {
                      changes.awaitChange(LONG);
                    }
                  }
                  return null;
                }));
      }
      for (int i = 1; i <= last; i++) {
        state.set(i);
        feed.changed("job", false);
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
