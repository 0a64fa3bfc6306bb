package io.jobs4j.sdk.internal.sql;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waits for threads of the store. */
public final class Threads {
  private Threads() {}

  /**
   * Waits for a thread to end, for so long at most and even if interrupted, which the caller finds
   * out afterwards.
   *
   * @return whether it has ended
   */
  public static boolean ended(Thread thread, Duration limit) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + limit.toNanos();
    while (thread.isAlive() && deadline - System.nanoTime() > 0) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
