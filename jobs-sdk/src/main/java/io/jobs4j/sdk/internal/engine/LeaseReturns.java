package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Leases of jobs that no worker has, to be given back, some only when the job has rested. They may
 * be added from any thread; the dispatcher's loop alone gives them back.
 */
final class LeaseReturns {
  /** Jobs that come again at once wait for so long. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Leases leases;
  private final InstantSource clock;
  private final ReentrantLock lock;
  private final Consumer<Instant> wakeAt;
  private final Runnable onGivenBack;

  /** How long the jobs are to rest; guarded by the lock. */
  private final Map<Lease, Duration> toRelease = new HashMap<>();

  /** When leases were last given back, by {@link System#nanoTime}; the loop's alone. */
  private long releasedAt = System.nanoTime() - INTERVAL.toNanos();

  /**
   * No leases yet.
   *
   * @param lock the dispatcher's
   * @param wakeAt is told when a job has rested
   * @param onGivenBack is told when there are jobs to be taken again
   */
  LeaseReturns(
      Leases leases,
      InstantSource clock,
      ReentrantLock lock,
      Consumer<Instant> wakeAt,
      Runnable onGivenBack) {
    this.leases = leases;
    this.clock = clock;
    this.lock = lock;
    this.wakeAt = wakeAt;
    this.onGivenBack = onGivenBack;
  }

  /** Has a lease given back soon. */
  void add(Lease lease) {
    lock.lock();
    try {
      toRelease.put(lease, Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Has a lease given back, and its job rest. The caller has the lock. */
  void add(Lease lease, Duration rest) {
    toRelease.put(lease, rest);
  }

  /** Has a lease given back soon, unless it is to be already. The caller has the lock. */
  void addIfAbsent(Lease lease) {
    toRelease.putIfAbsent(lease, Duration.ZERO);
  }

  /** Whether none is left to be given back. The caller has the lock. */
  boolean isEmpty() {
    return toRelease.isEmpty();
  }

  /** Lets others take jobs on which this engine could not go on. */
  void giveBack() {
    Map<Lease, Duration> left;
    lock.lock();
    try {
      left = new HashMap<>(toRelease);
    } finally {
      lock.unlock();
    }
    long now = System.nanoTime();
    if (left.isEmpty() || now - releasedAt < INTERVAL.toNanos()) {
      return;
    }
    releasedAt = now;
    List<Lease> ready = new ArrayList<>();
    left.forEach(
        (lease, rest) -> {
          if (rest.isZero()) {
            ready.add(lease);
          } else {
            Instant time = clock.instant().plus(rest);
            int unused = Store.result(leases.postpone(lease, time));
            wakeAt.accept(time);
          }
        });
    int given = ready.isEmpty() ? 0 : Store.result(leases.release(ready));
    lock.lock();
    try {
      left.keySet().forEach(toRelease::remove);
    } finally {
      lock.unlock();
    }
    if (given > 0) {
      onGivenBack.run();
    }
  }
}
