package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.store.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When the time of the next job comes that rests until then. It is set from any thread; the
 * dispatcher's loop alone makes jobs ready whose time has come.
 */
final class DueTimer {
  private static final Duration LEAST_REST = Duration.ofMillis(100);

  private final Timers timers;
  private final InstantSource clock;
  private final ReentrantLock lock;
  private final Consumer<Duration> wakeWithin;
  private final Runnable wake;

  /** When the time comes, as far as is known; {@code null} if it is not. Guarded by the lock. */
  private @Nullable Instant next;

  /** Whether the database was asked since its times may have changed; guarded by the lock. */
  private boolean known;

  /**
   * A timer that knows of no job yet.
   *
   * @param lock the dispatcher's
   * @param wakeWithin has the dispatcher's loop look again within some time
   * @param wake says that jobs have become ready
   */
  DueTimer(
      Timers timers,
      InstantSource clock,
      ReentrantLock lock,
      Consumer<Duration> wakeWithin,
      Runnable wake) {
    this.timers = timers;
    this.clock = clock;
    this.lock = lock;
    this.wakeWithin = wakeWithin;
    this.wake = wake;
  }

  /** Says that the time of a job comes at {@code time}. */
  void set(Instant time) {
    lock.lock();
    try {
      if (next == null || time.isBefore(next)) {
        next = time;
        wakeWithin.accept(Duration.between(clock.instant(), time));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has the database asked again, because the clock or the times of jobs may have changed. The
   * caller has the lock.
   */
  void forget() {
    known = false;
  }

  /** Returns how long until the time comes, or {@code longest}. The caller has the lock. */
  Duration rest(Duration longest) {
    Instant time = next;
    if (time == null) {
      return longest;
    }
    Duration until = Duration.between(clock.instant(), time);
    if (until.isNegative()) {
      return Duration.ZERO;
    }
    return until.compareTo(longest) < 0 ? until : longest;
  }

  /** Makes the jobs ready whose time has come, and finds out when that of the next one does. */
  void wakeDue() {
    boolean isKnown;
    lock.lock();
    try {
      isKnown = known && (next == null || next.isAfter(clock.instant()));
      known = true;
      if (!isKnown) {
        // Whoever sets a timer from here on sets it anew.
        next = null;
      }
    } finally {
      lock.unlock();
    }
    if (isKnown) {
      return;
    }
    int woken = timers.wakeDue();
    if (woken > 0) {
      wake.run();
    }
    Instant now = clock.instant();
    // What is still due although none could be woken is locked by somebody.
    timers
        .next()
        .ifPresent(time -> set(woken == 0 && !time.isAfter(now) ? now.plus(LEAST_REST) : time));
  }
}
