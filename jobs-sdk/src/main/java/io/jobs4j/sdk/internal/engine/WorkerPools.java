package io.jobs4j.sdk.internal.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.IntFunction;

/**
 * The worker pools of an engine: which workers serve which tenant queue. The dispatcher alone makes
 * it, and every call is made with the dispatcher's lock held, from whatever thread.
 */
final class WorkerPools {
  private final Map<String, WorkerPool> pools = new LinkedHashMap<>();
  private final IntFunction<ThreadPoolExecutor> newPool;
  private boolean closed;

  /**
   * The pool of the queues without workers of their own.
   *
   * @param sharedWorkers how many jobs of these are worked on at once; 0 if this engine works on no
   *     jobs, so that there are no pools at all
   * @param newPool makes a pool of so many threads, which {@link #stop} shuts down
   */
  WorkerPools(int sharedWorkers, IntFunction<ThreadPoolExecutor> newPool) {
    this.newPool = newPool;
    if (sharedWorkers > 0) {
      pools.put(
          TenantQueues.SHARED,
          new WorkerPool(TenantQueues.SHARED, sharedWorkers, true, newPool.apply(sharedWorkers)));
    }
  }

  /**
   * Serves a queue with workers of its own from now on, or with another number of them.
   *
   * @return whether it is served; it is not by an engine that works on no jobs or is closing
   */
  boolean serve(String queue, int workers) {
    WorkerPool known = pools.get(queue);
    if (closed || pools.isEmpty()) {
      return false;
    } else if (known == null) {
      pools.put(queue, new WorkerPool(queue, workers, false, newPool.apply(workers)));
    } else {
      known.resize(workers);
    }
    return true;
  }

  /**
   * The pool of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  WorkerPool get(String name) {
    WorkerPool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalArgumentException("there is no pool \"" + name + "\"");
    }
    return pool;
  }

  /**
   * Keeps a worker of a pool for a job that is about to be stored, if one is idle and no other job
   * waits.
   *
   * @return whether one is kept, which {@link WorkerPool#end} frees
   */
  boolean reserve(String name) {
    WorkerPool pool = pools.get(name);
    if (closed || pool == null || pool.backlog() || !pool.hasIdleWorker()) {
      return false;
    }
    pool.begin();
    return true;
  }

  /** Says that more jobs may be ready in the database, for any of the pools. */
  void expectBacklog() {
    pools.values().forEach(pool -> pool.backlog(true));
  }

  /** The pools that can do with more jobs and for which there may be some. */
  List<WorkerPool> toFill() {
    return pools.values().stream().filter(pool -> pool.backlog() && pool.room() > 0).toList();
  }

  /** Whether no job is to begin any more. */
  boolean isClosed() {
    return closed;
  }

  /** Has no job begin any more and interrupts the workers; returns what is to be waited for. */
  List<ExecutorService> stop() {
    closed = true;
    List<ExecutorService> all =
        pools.values().stream().<ExecutorService>map(WorkerPool::threads).toList();
    all.forEach(ExecutorService::shutdownNow);
    return all;
  }
}
