package io.jobs4j.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what comes to hold by itself. */
final class Eventually {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Eventually() {}

  /** Something that a test can look at. */
  interface Look<T> {
    T look() throws InterruptedException;
  }

  static void holds(Duration patience, String what, Look<Boolean> condition)
      throws InterruptedException {
    var unused = becomes(patience, what, condition, value -> value);
  }

  /**
   * Looks until something is as it should be.
   *
   * @throws AssertionError with the last that was seen, if that is not in time
   */
  static <T> T becomes(Duration patience, String what, Look<T> look, Predicate<T> right)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      T seen = look.look();
      if (right.test(seen)) {
        return seen;
      }
      if (System.nanoTime() - begin > patience.toNanos()) {
        throw new AssertionError(
            "It has not come to this within %s: %s. Last seen: %s".formatted(patience, what, seen));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
