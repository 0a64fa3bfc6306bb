package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Waits for threads to end, for a bounded time and even if interrupted: parts that they use must
 * not be taken away from under them. An interrupt is noticed by the caller afterwards.
 */
final class Ending {
  private Ending() {}

  /** Waits for a pool that was shut down; returns whether it has ended. */
  static boolean of(ExecutorService pool, Duration limit) {
    return await(nanos -> pool.awaitTermination(nanos, TimeUnit.NANOSECONDS), limit);
  }

  /** Waits for a thread; returns whether it has ended. */
  static boolean of(Thread thread, Duration limit) {
    return await(
        nanos -> {
          TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
          return !thread.isAlive();
        },
        limit);
  }

  private static boolean await(Wait wait, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
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
