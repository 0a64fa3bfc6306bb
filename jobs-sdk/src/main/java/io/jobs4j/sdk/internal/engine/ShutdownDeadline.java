package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Until when threads are waited for that are to end, all together and even if interrupted: parts
 * that they use must not be taken away from under them. An interrupt is noticed by the caller
 * afterwards.
 */
final class ShutdownDeadline {
  /** How long a part that ends alone is waited for. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(ShutdownDeadline.class);

  private final long deadline;

  private ShutdownDeadline(long deadline) {
    this.deadline = deadline;
  }

  /** A deadline that is so far from now. */
  static ShutdownDeadline within(Duration limit) {
    return new ShutdownDeadline(System.nanoTime() + limit.toNanos());
  }

  /** How much of the time is left; zero if it is over. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /**
   * Stops pools and waits for their threads and for the thread that feeds them, which must be about
   * to end. What has not ended when the time is up is named in the log and left.
   *
   * @param what who they are
   */
  void await(String what, List<ExecutorService> pools, Thread feeder) {
    pools.forEach(ExecutorService::shutdownNow);
    boolean ended =
        pools.stream()
                .allMatch(
                    pool -> await(nanos -> pool.awaitTermination(nanos, TimeUnit.NANOSECONDS)))
            && await(
                nanos -> {
                  TimeUnit.NANOSECONDS.timedJoin(feeder, nanos);
                  return !feeder.isAlive();
                });
    if (!ended) {
      log.warn("{} did not stop in time; what it was at is taken up at the next start.", what);
    }
  }

  private boolean await(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.upTo(Math.max(1, deadline - System.nanoTime()));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Wait {
    boolean upTo(long nanos) throws InterruptedException;
  }
}
