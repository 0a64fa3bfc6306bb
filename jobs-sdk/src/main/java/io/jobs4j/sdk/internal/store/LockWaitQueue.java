package io.jobs4j.sdk.internal.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Changes that wait for a lock which somebody else holds, apart from all others. They are tried
 * again more and more rarely. Those of one job keep their order. For the writer's thread alone.
 */
final class LockWaitQueue {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<PendingWrite<?>> waiting = new ArrayList<>();
  private long pause = FIRST_PAUSE_NANOS;
  private long next;

  List<PendingWrite<?>> all() {
    return List.copyOf(waiting);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Takes a change that could not get its lock. */
  void add(PendingWrite<?> pending, long now) {
    if (waiting.isEmpty()) {
      pause = FIRST_PAUSE_NANOS;
      next = now + pause;
    }
    waiting.add(pending);
  }

  /** Takes those that must not overtake one that waits out of {@code group}. */
  void keepOrder(List<PendingWrite<?>> group) {
    if (waiting.isEmpty()) {
      return;
    }
    Set<String> jobs = new HashSet<>();
    waiting.forEach(pending -> jobs.add(pending.job()));
    jobs.remove("");
    group.removeIf(pending -> jobs.contains(pending.job()) && waiting.add(pending));
  }

  /** How long until they are to be tried again. */
  long nanosLeft(long now) {
    return Math.max(0, next - now);
  }

  /**
   * Tries them again, each job's until one of them does not get its lock.
   *
   * @param attempt whether a change is done with, be it well or not
   * @param enough whether others wait who should not wait for long
   */
  void retry(Predicate<PendingWrite<?>> attempt, Predicate<Long> enough) {
    long start = System.nanoTime();
    Set<String> stuck = new HashSet<>();
    List<PendingWrite<?>> tried = new ArrayList<>();
    for (Iterator<PendingWrite<?>> all = waiting.iterator(); all.hasNext(); ) {
      PendingWrite<?> pending = all.next();
      if (enough.test(System.nanoTime() - start)) {
        break;
      } else if (stuck.contains(pending.job())) {
        continue;
      }
      all.remove();
      if (!attempt.test(pending)) {
        tried.add(pending);
        if (!pending.job().isEmpty()) {
          stuck.add(pending.job());
        }
      }
    }
    putBack(tried);
    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
    next = System.nanoTime() + pause;
  }

  /** Behind those that were not tried, but before later ones of the same job. */
  private void putBack(List<PendingWrite<?>> tried) {
    for (PendingWrite<?> pending : tried) {
      int place = 0;
      while (place < waiting.size()
          && (pending.job().isEmpty() || !waiting.get(place).job().equals(pending.job()))) {
        place++;
      }
      waiting.add(place, pending);
    }
  }

  /** Lets those go that {@code over} is true of. */
  void release(Predicate<PendingWrite<?>> over, Consumer<PendingWrite<?>> told) {
    for (Iterator<PendingWrite<?>> all = waiting.iterator(); all.hasNext(); ) {
      PendingWrite<?> pending = all.next();
      if (over.test(pending)) {
        all.remove();
        told.accept(pending);
      }
    }
  }
}
