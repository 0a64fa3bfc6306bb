package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.internal.store.EndedJobs;
import java.time.Duration;
import java.time.InstantSource;
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

  private final EndedJobs jobs;
  private final InstantSource clock;
  private final @Nullable Duration time;
  private final Duration interval;
  private final Loop loop;

  /**
   * A retention that does not run yet.
   *
   * @param time how long jobs are kept after their end; {@code null} for ever
   * @param interval how long it rests at least
   */
  Retention(EndedJobs jobs, InstantSource clock, @Nullable Duration time, Duration interval) {
    this.jobs = jobs;
    this.clock = clock;
    this.time = time;
    this.interval = interval;
    this.loop =
        new Loop(
            "retention", "Jobs that were kept for long enough could not be deleted", this::run);
  }

  void start() {
    if (time != null) {
      loop.start();
    }
  }

  private Duration run() {
    long start = System.nanoTime();
    try {
      lookAtAll();
    } catch (JobsException e) {
      // It rests as long as after a success, lest a slow database has this to do all the time.
      log.warn("Jobs that were kept for long enough could not be deleted: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("Jobs that were kept for long enough could not be deleted", e);
    }
    Duration longer = Duration.ofNanos(System.nanoTime() - start).multipliedBy(REST);
    return longer.compareTo(interval) > 0 ? longer : interval;
  }

  private void lookAtAll() {
    Duration kept = time;
    if (kept == null) {
      return;
    }
    long from = 0;
    do {
      from = jobs.delete(clock.instant().minus(kept), from, LOOKED_AT_ONCE);
    } while (from != 0 && loop.rest(PAUSE));
  }

  /** Stops without waiting for that; {@link #close} must follow. */
  void stop() {
    loop.stop();
  }

  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** Deletes no more, and waits until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline);
  }
}
