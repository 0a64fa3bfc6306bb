package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.store.DueJob;
import io.jobs4j.sdk.internal.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives due jobs to workers, each job to one worker at a time. It looks into the database when it
 * is woken, when a worker becomes free and when the earliest job becomes due; beyond that once in a
 * long while, should a wake-up have been lost.
 */
final class Dispatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration SAFETY_INTERVAL = Duration.ofSeconds(30);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final JobStore store;
  private final ExecutorService pool;
  private final int workers;
  private final JobWorker worker;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** UUIDs of jobs that workers have; guarded by {@code lock}. */
  private final Set<String> working = new HashSet<>();

  /** Whether there may be news in the database; guarded by {@code lock}. */
  private boolean woken = true;

  private boolean closed;

  Dispatcher(JobStore store, ExecutorService pool, int workers, JobWorker worker) {
    this.store = store;
    this.pool = pool;
    this.workers = workers;
    this.worker = worker;
    this.thread = new Thread(this::run, "jobs4j-dispatcher");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Says that a job may have become due. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (awaitRoom()) {
      Duration wait;
      try {
        Instant now = store.now();
        dispatch();
        wait = untilNextDue(now);
      } catch (StoreException e) {
        log.warn("Due jobs could not be read; trying again in {}", AFTER_FAILURE, e);
        wait = AFTER_FAILURE;
      } catch (RuntimeException e) {
        log.error("Due jobs could not be given out; trying again in {}", AFTER_FAILURE, e);
        wait = AFTER_FAILURE;
      }
      awaitNews(wait);
    }
  }

  /** Waits until a worker is free; returns whether to go on. */
  private boolean awaitRoom() {
    lock.lock();
    try {
      while (!closed && working.size() >= workers) {
        changed.awaitUninterruptibly();
      }
      woken = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void awaitNews(Duration wait) {
    lock.lock();
    try {
      long nanos = wait.toNanos();
      while (!closed && !woken && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      // Only close() ends this thread, and it does not interrupt.
      log.warn("The dispatcher was interrupted and goes on.");
    } finally {
      lock.unlock();
    }
  }

  private void dispatch() {
    int busy;
    lock.lock();
    try {
      busy = working.size();
    } finally {
      lock.unlock();
    }
    // Jobs that workers have are due too, so they take up room in the answer.
    for (DueJob job : store.due(workers + busy)) {
      if (!take(job.uuid())) {
        continue;
      }
      try {
        pool.execute(() -> work(job));
      } catch (RejectedExecutionException e) {
        giveBack(job.uuid());
        return;
      }
    }
  }

  /** Takes a job for a worker; {@code false} if another has it or all workers are busy. */
  private boolean take(String uuid) {
    lock.lock();
    try {
      return !closed && working.size() < workers && working.add(uuid);
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(String uuid) {
    lock.lock();
    try {
      working.remove(uuid);
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work(DueJob job) {
    try {
      worker.work(job);
    } finally {
      giveBack(job.uuid());
    }
  }

  /** What has become due since {@code before}, when due jobs were looked for, is due at once. */
  private Duration untilNextDue(Instant before) {
    Instant now = store.now();
    Duration next =
        store.nextDue(before).map(due -> Duration.between(now, due)).orElse(SAFETY_INTERVAL);
    if (next.compareTo(SAFETY_INTERVAL) > 0) {
      return SAFETY_INTERVAL;
    }
    return next.isNegative() ? Duration.ZERO : next;
  }

  /** Gives out no more jobs and waits for the workers to leave theirs. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Ending.of("The dispatcher", pool, thread);
  }
}
