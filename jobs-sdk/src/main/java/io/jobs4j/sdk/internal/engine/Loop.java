package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one thing again and again until it is stopped: after the rest that the
 * last round asked for, and at once when it is woken. A round that fails is logged and followed by
 * another after a while, whoever woke the thread meanwhile. Safe for use by several threads.
 */
final class Loop {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  /** Later than anything, and not too late for a difference of times. */
  private static final long NEVER_NANOS = Long.MAX_VALUE / 2;

  /** What is done again and again. */
  @FunctionalInterface
  interface Round {
    /**
     * Does it once.
     *
     * @return how long to rest unless woken
     */
    Duration run();
  }

  private final String name;
  private final String failure;
  private final Duration afterFailure;
  private final Round round;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.

  private boolean woken;

  /** When the next round is due at the latest, by {@link System#nanoTime}. */
  private long due = System.nanoTime() + NEVER_NANOS;

  private boolean stopped;

  /**
   * A loop that does not run yet.
   *
   * @param name of the thread, after that of the library
   * @param failure what is logged when a round fails: a sentence without its full stop
   */
  Loop(String name, String failure, Round round) {
    this(name, failure, AFTER_FAILURE, round);
  }

  /**
   * A loop that does not run yet.
   *
   * @param name of the thread, after that of the library
   * @param failure what is logged when a round fails: a sentence without its full stop
   * @param afterFailure how long to rest then
   */
  Loop(String name, String failure, Duration afterFailure, Round round) {
    this.name = name;
    this.failure = failure;
    this.afterFailure = afterFailure;
    this.round = round;
    this.thread = new Thread(this::run, "jobs4j-" + name);
    thread.setDaemon(true);
  }

  /** Begins with the first round. */
  void start() {
    thread.start();
  }

  /** Has a round begin now, or at once after the one under way. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Has a round begin within some time, however long the last one wanted to rest. */
  void wakeWithin(Duration time) {
    lock.lock();
    try {
      long then = System.nanoTime() + Math.max(0, time.toNanos());
      if (then - due < 0) {
        due = then;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Rests within a round; returns whether to go on with it. */
  boolean rest(Duration time) {
    lock.lock();
    try {
      long end = System.nanoTime() + time.toNanos();
      for (long left = time.toNanos(); !stopped && left > 0; left = end - System.nanoTime()) {
        await(left);
      }
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration rest = Duration.ZERO;
    while (awaitNext(rest)) {
      rest = runOnce();
    }
  }

  private Duration runOnce() {
    try {
      return round.run();
    } catch (JobsException e) {
      log.warn("{}; trying again in {}: {}", failure, afterFailure, e.getMessage());
      log.debug("The reason", e);
    } catch (RuntimeException | Error e) {
      log.error("{}; trying again in {}", failure, afterFailure, e);
    }
    lock.lock();
    try {
      woken = false;
      due = System.nanoTime() + NEVER_NANOS;
    } finally {
      lock.unlock();
    }
    return afterFailure;
  }

  /** Waits until the next round is to begin; returns whether there is one. */
  private boolean awaitNext(Duration rest) {
    lock.lock();
    try {
      long then = System.nanoTime() + rest.toNanos();
      due = then - due < 0 ? then : due;
      for (long left = due - System.nanoTime(); !stopped && !woken && left > 0; ) {
        await(left);
        left = due - System.nanoTime();
      }
      woken = false;
      due = System.nanoTime() + NEVER_NANOS;
      return !stopped;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // Its callers loop.
  private void await(long nanos) {
    try {
      long unused = changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // Only stop() ends this thread, and it does not interrupt.
      log.warn("The {} was interrupted and goes on.", name);
    }
  }

  /** Has no round begin any more, without waiting for the one under way. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops and waits for the round under way and for what the rounds have begun.
   *
   * @param pools are stopped and waited for too
   */
  void close(ShutdownDeadline deadline, ExecutorService... pools) {
    stop();
    deadline.await("The " + name, List.of(pools), thread);
  }
}
