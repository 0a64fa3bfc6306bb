package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The workers that serve one tenant queue, or all those that share workers. What is not final is
 * guarded by the dispatcher's lock.
 */
final class WorkerPool {
  /** Work that is shorter than this is fetched ahead, lest workers wait for the database. */
  private static final Duration SHORT = Duration.ofMillis(20);

  private static final int MOST_AHEAD = 16;

  private final String name;
  private int workers;
  private final boolean fetchesAhead;
  private final ThreadPoolExecutor threads;

  /** Jobs that run or wait for a thread, not those that wait for the database. */
  private int busy;

  /** Whether more may be ready in the database. */
  private boolean backlog = true;

  /** How long a step takes, as a moving average. */
  private double stepNanos = SHORT.toNanos();

  /**
   * A pool.
   *
   * @param name as in the database
   * @param workers how many jobs are worked on at once
   * @param fetchesAhead whether jobs may be taken for which there is no thread yet
   */
  WorkerPool(String name, int workers, boolean fetchesAhead, ThreadPoolExecutor threads) {
    this.name = name;
    this.workers = workers;
    this.fetchesAhead = fetchesAhead;
    this.threads = threads;
  }

  String name() {
    return name;
  }

  ExecutorService threads() {
    return threads;
  }

  /** How many more jobs it can do with. */
  int room() {
    double ahead =
        fetchesAhead ? Math.max(1, Math.min(SHORT.toNanos() / stepNanos, MOST_AHEAD)) : 1;
    return Math.max(0, (int) (workers * ahead) - busy);
  }

  /** Changes how many jobs are worked on at once. */
  void resize(int count) {
    if (count != workers) {
      workers = count;
      // A pool is never to have fewer threads at most than at least.
      if (count > threads.getMaximumPoolSize()) {
        threads.setMaximumPoolSize(count);
        threads.setCorePoolSize(count);
      } else {
        threads.setCorePoolSize(count);
        threads.setMaximumPoolSize(count);
      }
    }
  }

  boolean hasIdleWorker() {
    return busy < workers;
  }

  void begin() {
    busy++;
  }

  void end() {
    busy--;
  }

  void took(long nanos) {
    stepNanos += (nanos - stepNanos) / 16;
  }

  boolean backlog() {
    return backlog;
  }

  void backlog(boolean more) {
    backlog = more;
  }
}
