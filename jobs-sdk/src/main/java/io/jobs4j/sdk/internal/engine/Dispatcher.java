package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.store.Cluster;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Requests;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases jobs that are ready and gives them to workers, each job to one at a time. It looks into
 * the database when it is told that there is something, when a worker becomes free and there was
 * more than it could take, and when the time of a job comes; beyond that once in a long while,
 * should a word have been lost. A job that is submitted while a worker is idle does not even wait
 * for that: it is stored with its lease.
 *
 * <p>It claims and adopts jobs, wakes those whose time comes and gives leases back on the thread of
 * its loop alone. All other methods may be called from any thread: those of clients reserve
 * workers, those that hear of something wake it. One lock guards what it, the pools, the runner and
 * the returns have in common; nobody holds it while the database is asked.
 */
final class Dispatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration SAFETY_INTERVAL = Duration.ofSeconds(30);
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
  private static final int ADOPTED_AT_ONCE = 500;

  private final Requests requests;
  private final Leases leases;
  private final DueTimer timer;
  private final Cluster cluster;
  private final JobWorker worker;
  private final Duration safetyInterval;
  private final WorkerPools pools;
  private final LeaseReturns returns;
  private final JobRunner runner;
  private final LeaseReconciliation reconciliation;
  private final Loop loop;

  /** When all was looked at last, by {@link System#nanoTime}; the loop's alone. */
  private long lookedAt = System.nanoTime();

  /** When it was last compared with the database; the loop's alone. */
  private long reconciledAt = System.nanoTime();

  /**
   * Guards the pools, the jobs in flight, the timer, and what is to be given back, refused and
   * reconciled: all that the parts of the dispatcher share.
   */
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether there may be jobs to be watched that nobody watches; guarded by the lock. */
  private boolean orphans = true;

  /**
   * A dispatcher that does not run yet.
   *
   * @param sharedWorkers how many jobs of queues without workers of their own are worked on at
   *     once; 0 if this engine works on no jobs, so that this is not to be started
   * @param newPool makes a pool of so many threads, which this closes
   */
  Dispatcher(
      Store store, JobWorker worker, int sharedWorkers, IntFunction<ThreadPoolExecutor> newPool) {
    this(store, worker, sharedWorkers, newPool, SAFETY_INTERVAL);
  }

  Dispatcher(
      Store store,
      JobWorker worker,
      int sharedWorkers,
      IntFunction<ThreadPoolExecutor> newPool,
      Duration safetyInterval) {
    this.requests = store.requests();
    this.leases = store.leases();
    this.cluster = store.cluster();
    this.worker = worker;
    this.safetyInterval = safetyInterval;
    this.timer =
        new DueTimer(store.timers(), store.clock(), lock, this::wakeLoopWithin, this::wake);
    this.pools = new WorkerPools(sharedWorkers, newPool);
    this.returns = new LeaseReturns(leases, store.clock(), lock, this::wakeAt, this::wake);
    this.runner = new JobRunner(store.jobs(), worker, lock, pools, returns, this::wakeLoop);
    this.reconciliation =
        new LeaseReconciliation(leases, lock, runner::leases, worker::watched, returns);
    this.loop = new Loop("dispatcher", "Jobs could not be taken up", this::run);
  }

  void start() {
    loop.start();
  }

  /** Serves a queue with workers of its own from now on, or with another number of them. */
  void serve(String queue, int workers) {
    lock.lock();
    try {
      if (!pools.serve(queue, workers)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Says that a job may have become ready. */
  void wake() {
    lock.lock();
    try {
      pools.expectBacklog();
    } finally {
      lock.unlock();
    }
    loop.wake();
  }

  /** Says that the clock or the database may have changed in any way. */
  void lookAtAll() {
    lock.lock();
    try {
      timer.forget();
      orphans = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** As {@link #lookAtAll}, but not at once. */
  private void lookAtAllNextTime() {
    lock.lock();
    try {
      timer.forget();
      orphans = true;
      pools.expectBacklog();
    } finally {
      lock.unlock();
    }
  }

  /** Says that the time of a job comes at {@code time}. */
  void wakeAt(Instant time) {
    timer.set(time);
  }

  /**
   * Keeps a worker for a job that is about to be stored, if one is idle and no other job waits.
   *
   * @return whether one is kept; then {@link #startReserved} or {@link #unreserve} must follow
   */
  boolean reserve(String poolName) {
    lock.lock();
    try {
      return pools.reserve(poolName);
    } finally {
      lock.unlock();
    }
  }

  /** Starts work on a job for which a worker was kept. */
  void startReserved(String poolName, LeasedJob job) {
    lock.lock();
    try {
      WorkerPool pool = pools.get(poolName);
      pool.end();
      runner.begin(pool, job);
    } finally {
      lock.unlock();
    }
  }

  /** Frees a worker that was kept. */
  void unreserve(String poolName) {
    lock.lock();
    try {
      pools.get(poolName).end();
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** How many jobs workers have. */
  int working() {
    lock.lock();
    try {
      return runner.working();
    } finally {
      lock.unlock();
    }
  }

  private Duration run() {
    try {
      if (System.nanoTime() - lookedAt >= lookInterval().toNanos()) {
        lookedAt = System.nanoTime();
        lookAtAll();
        lookForRequests();
      }
      if (System.nanoTime() - reconciledAt >= safetyInterval.toNanos()) {
        reconciledAt = System.nanoTime();
        if (reconciliation.run()) {
          lookAtAll();
        }
      }
      Duration rest = look();
      Duration longest = lookInterval();
      return rest.compareTo(longest) < 0 ? rest : longest;
    } catch (RuntimeException | Error e) {
      lookAtAllNextTime();
      throw e;
    }
  }

  /** How often it looks without being told: often where other engines cannot tell it anything. */
  private Duration lookInterval() {
    return cluster.hearsOthers() || safetyInterval.compareTo(POLL_INTERVAL) < 0
        ? safetyInterval
        : POLL_INTERVAL;
  }

  private void lookForRequests() {
    if (cluster.others() > 0) {
      requests.ofInFlight().forEach(worker::cancelRequested);
    }
  }

  /** Takes up what there is; returns how long until something comes of itself. */
  private Duration look() {
    returns.giveBack();
    timer.wakeDue();
    adoptOrphans();
    claim();
    lock.lock();
    try {
      Duration longest = returns.isEmpty() ? safetyInterval : LeaseReturns.INTERVAL;
      return timer.rest(longest);
    } finally {
      lock.unlock();
    }
  }

  private void adoptOrphans() {
    lock.lock();
    try {
      if (!orphans) {
        return;
      }
      orphans = false;
    } finally {
      lock.unlock();
    }
    List<LeasedJob> adopted;
    do {
      adopted = leases.adopt(ADOPTED_AT_ONCE);
      for (LeasedJob job : adopted) {
        try {
          worker.watch(job);
        } catch (RuntimeException e) {
          // Then a worker tries, again and again.
          String uuid = job.lease().uuid();
          JobLog.about(
              uuid, () -> log.warn("Job {} cannot be watched yet: {}", uuid, e.getMessage()));
          returns.add(job.lease());
        }
      }
    } while (adopted.size() == ADOPTED_AT_ONCE);
  }

  private void claim() {
    for (WorkerPool pool : poolsToFill()) {
      int room;
      lock.lock();
      try {
        room = pool.room();
        // Whoever makes a job ready from here on says so.
        pool.backlog(false);
      } finally {
        lock.unlock();
      }
      if (room == 0) {
        moreIn(pool);
        continue;
      }
      List<LeasedJob> claimed;
      try {
        claimed = leases.claim(pool.name(), room);
      } catch (RuntimeException e) {
        moreIn(pool);
        throw e;
      }
      lock.lock();
      try {
        claimed.forEach(job -> runner.begin(pool, job));
        if (claimed.size() == room) {
          pool.backlog(true);
          if (pool.room() > 0) {
            loop.wake();
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void moreIn(WorkerPool pool) {
    lock.lock();
    try {
      pool.backlog(true);
    } finally {
      lock.unlock();
    }
  }

  private List<WorkerPool> poolsToFill() {
    lock.lock();
    try {
      return pools.toFill();
    } finally {
      lock.unlock();
    }
  }

  private void wakeLoop() {
    loop.wake();
  }

  private void wakeLoopWithin(Duration time) {
    loop.wakeWithin(time);
  }

  /** Gives out no more jobs and waits for the workers to leave theirs. */
  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** As {@link #close()}, until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline, stop().toArray(ExecutorService[]::new));
  }

  /** Stops what can be stopped without waiting for it; returns what {@link #close} waits for. */
  List<ExecutorService> stop() {
    loop.stop();
    lock.lock();
    try {
      return pools.stop();
    } finally {
      lock.unlock();
    }
  }
}
