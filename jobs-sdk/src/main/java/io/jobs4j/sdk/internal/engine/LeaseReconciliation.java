package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.store.Leases;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the leases that the database says this engine has with those that its workers and its
 * monitor know of. The dispatcher's loop alone calls it.
 */
final class LeaseReconciliation {
  private static final Logger log = LoggerFactory.getLogger(LeaseReconciliation.class);

  private final Leases leases;
  private final ReentrantLock lock;
  private final Supplier<Collection<Lease>> working;
  private final Supplier<Set<Lease>> watched;
  private final LeaseReturns returns;

  /** Leases of which the database knew and no worker, when they were last compared. */
  private Set<Lease> suspects = new HashSet<>();

  /** Leases that the database says are watched and that are not, when they were last compared. */
  private Set<Lease> unwatched = new HashSet<>();

  /**
   * A comparison that was not made yet.
   *
   * @param lock the dispatcher's
   * @param working the leases of the jobs that workers have; asked with the lock held
   * @param watched those of the jobs that the monitor watches
   */
  LeaseReconciliation(
      Leases leases,
      ReentrantLock lock,
      Supplier<Collection<Lease>> working,
      Supplier<Set<Lease>> watched,
      LeaseReturns returns) {
    this.leases = leases;
    this.lock = lock;
    this.working = working;
    this.watched = watched;
    this.returns = returns;
  }

  /**
   * Finds jobs that the database says this engine has and that no worker has or nobody watches,
   * because an answer was lost. One that is seen twice is given back; one that is to be watched
   * gets another lease thereby, so that whoever still comes with the old one counts for nothing.
   *
   * @return whether jobs are to be watched again
   */
  boolean run() {
    Set<Lease> unknown = new HashSet<>(leases.held());
    Set<Lease> missing = new HashSet<>(leases.watched());
    missing.removeAll(watched.get());
    Set<Lease> missed = new HashSet<>(missing);
    lock.lock();
    try {
      unknown.removeAll(working.get());
      Set<Lease> twice = new HashSet<>(unknown);
      twice.retainAll(suspects);
      suspects = unknown;
      twice.forEach(returns::addIfAbsent);
      missed.retainAll(unwatched);
      unwatched = missing;
    } finally {
      lock.unlock();
    }
    if (!missed.isEmpty() && leases.orphan(missed) > 0) {
      log.warn("{} jobs were watched by nobody and are taken up again", missed.size());
      return true;
    }
    return false;
  }
}
