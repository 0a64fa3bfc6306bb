package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.internal.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes jobs that have been over for long. It goes through all jobs, some at a time with a pause
 * after each, in which others' changes get their turn, and rests for much longer than that took.
 */
final class Retention implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final int LOOKED_AT_ONCE = 1000;
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** How many times as long it rests as it works. */
  private static final int REST = 10;

  private final JobStore store;
  private final @Nullable Duration time;
  private final Duration interval;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /**
   * A retention that does not run yet.
   *
   * @param time how long jobs are kept after their end; {@code null} for ever
   * @param interval how long it rests at least
   */
  Retention(JobStore store, @Nullable Duration time, Duration interval) {
    this.store = store;
    this.time = time;
    this.interval = interval;
    this.thread = new Thread(this::run, "jobs4j-retention");
    thread.setDaemon(true);
  }

  void start() {
    if (time != null) {
      thread.start();
    }
  }

  private void run() {
    try {
      Duration rest;
      do {
        long start = System.nanoTime();
        lookAtAll();
        Duration longer = Duration.ofNanos(System.nanoTime() - start).multipliedBy(REST);
        rest = longer.compareTo(interval) > 0 ? longer : interval;
      } while (!closing.await(rest.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // Only close() ends this thread.
      log.debug("The retention stops.");
    }
  }

  private void lookAtAll() throws InterruptedException {
    Duration kept = time;
    if (kept == null) {
      return;
    }
    try {
      long from = 0;
      do {
        from = store.deleteEnded(store.now().minus(kept), from, LOOKED_AT_ONCE);
      } while (from != 0 && !closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (JobsException e) {
      log.warn("Jobs that were kept for long enough could not be deleted: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error("Jobs that were kept for long enough could not be deleted", e);
    }
  }

  @Override
  public void close() {
    close(Ending.within(Ending.LIMIT));
  }

  /** As {@link #close()}, within the time of an ending that others share. */
  void close(Ending ending) {
    closing.countDown();
    ending.of("The retention", List.of(), thread);
  }
}
