package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Jobs;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Has workers do what is due for leased jobs, step by step, until a step lets the job go or fails;
 * then its lease is given back. A worker's thread is free while what it did is being stored.
 *
 * <p>The dispatcher begins jobs, with its lock held. A step runs on a thread of its pool; what
 * follows from it is done by whichever thread completes the step, mostly the one that writes to the
 * database, and takes the lock by itself.
 */
final class JobRunner {
  private final Jobs jobs;
  private final JobWorker worker;
  private final ReentrantLock lock;
  private final WorkerPools pools;
  private final LeaseReturns returns;
  private final Refusals refusals;
  private final Runnable wakeLoop;

  /** Jobs that workers have, by UUID; guarded by the lock. */
  private final Map<String, Lease> working = new HashMap<>();

  /**
   * A runner of the jobs that a dispatcher has leased.
   *
   * @param lock the dispatcher's, which guards the pools and the returns too
   * @param wakeLoop has the dispatcher look for more jobs
   */
  JobRunner(
      Jobs jobs,
      JobWorker worker,
      ReentrantLock lock,
      WorkerPools pools,
      LeaseReturns returns,
      Runnable wakeLoop) {
    this.jobs = jobs;
    this.worker = worker;
    this.lock = lock;
    this.pools = pools;
    this.returns = returns;
    this.refusals = new Refusals(lock);
    this.wakeLoop = wakeLoop;
  }

  /** How many jobs workers have. The caller has the lock. */
  int working() {
    return working.size();
  }

  /** The leases of the jobs that workers have. The caller has the lock, for as long as it looks. */
  Collection<Lease> leases() {
    return working.values();
  }

  /** Gives a job to a worker. The caller has the lock. */
  void begin(WorkerPool pool, LeasedJob job) {
    if (pools.isClosed()) {
      return;
    }
    Lease known = working.get(job.lease().uuid());
    if (known != null && known.fence() > job.lease().fence()) {
      // It was taken from this engine and given to it again before this one came.
      return;
    }
    working.put(job.lease().uuid(), job.lease());
    worker.expect(job.lease());
    enqueue(pool, job, false);
  }

  private void enqueue(WorkerPool pool, LeasedJob job, boolean readAgain) {
    pool.begin();
    try {
      pool.threads().execute(() -> step(pool, job, readAgain));
    } catch (RejectedExecutionException e) {
      // The engine is closing, and gives all its leases back.
      pool.end();
    }
  }

  private void step(WorkerPool pool, LeasedJob job, boolean readAgain) {
    CompletableFuture<Next> next;
    long start = System.nanoTime();
    MDC.put(JobsEngine.MDC_JOB_ID, job.lease().uuid());
    try {
      LeasedJob current = readAgain ? read(job) : job;
      next =
          current == null ? CompletableFuture.completedFuture(Next.LET_GO) : worker.step(current);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      next = CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      next = CompletableFuture.failedFuture(e);
    } finally {
      MDC.remove(JobsEngine.MDC_JOB_ID);
    }
    left(pool, System.nanoTime() - start);
    CompletableFuture<Void> unused =
        next.handle(
            (what, error) -> {
              follow(pool, job, what, error);
              return null;
            });
  }

  private @Nullable LeasedJob read(LeasedJob job) {
    return jobs.load(job.lease().uuid())
        .map(stored -> new LeasedJob(job.lease(), stored))
        .orElse(null);
  }

  private void left(WorkerPool pool, long nanos) {
    lock.lock();
    try {
      pool.end();
      pool.took(nanos);
      if (pool.backlog()) {
        wakeLoop.run();
      }
    } finally {
      lock.unlock();
    }
  }

  private void follow(
      WorkerPool pool, LeasedJob job, @Nullable Next next, @Nullable Throwable error) {
    String uuid = job.lease().uuid();
    if (next != null && next.kind() != Next.Kind.LET_GO) {
      StoredJob stored = next.job();
      lock.lock();
      try {
        if (next.kind() == Next.Kind.GO_ON) {
          refusals.clear(uuid);
        }
        if (!pools.isClosed()) {
          enqueue(
              pool,
              stored == null ? job : new LeasedJob(job.lease(), stored),
              next.kind() == Next.Kind.READ_AGAIN);
        }
      } finally {
        lock.unlock();
      }
      return;
    }
    int refused = 0;
    if (error != null) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      refused = refusals.count(uuid, cause);
      int times = refused;
      JobLog.about(uuid, () -> Refusals.complain(uuid, cause, times));
    }
    lock.lock();
    try {
      if (refused == 0) {
        refusals.clear(uuid);
      }
      // Not what a later lease of the job has put there.
      working.remove(uuid, job.lease());
      worker.forget(job.lease());
      if (error != null) {
        returns.add(job.lease(), Refusals.rest(refused));
        wakeLoop.run();
      }
    } finally {
      lock.unlock();
    }
  }
}
