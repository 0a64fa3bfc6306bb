package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that changes the database. It puts all changes that wait into one transaction with
 * one sync to disk, and answers them after that, so that many callers share the cost of durability.
 * The queue is bounded: a caller waits when the database is slower than the callers.
 *
 * <p>A change that throws takes no other with it: the transaction is rolled back and the changes of
 * the group are run one by one. So a change may run more than once and must depend on nothing but
 * the handle that it is given.
 */
final class StoreWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreWriter.class);
  private static final int QUEUE_CAPACITY = 4096;
  private static final int GROUP_LIMIT = 512;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final Database database;
  private final BlockingQueue<Pending<?>> queue = new ArrayBlockingQueue<>(QUEUE_CAPACITY);
  private final Thread thread;
  private volatile boolean closed;

  StoreWriter(Database database) {
    this.database = database;
    this.thread = new Thread(this::run, "jobs4j-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /** What is to be done within a transaction. */
  interface Change<T> {
    T apply(Handle handle);
  }

  /**
   * Makes a change and returns its result when it is durable. An interrupt does not undo it: the
   * caller waits on and finds itself interrupted afterwards.
   *
   * @throws StoreException if the database failed or the writer is closed
   * @throws JobsException what the change threw
   */
  <T> T write(Change<T> change) {
    return result(submit(change));
  }

  /** Puts a change in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(Change<T> change) {
    Pending<T> pending = new Pending<>(change);
    boolean interrupted = false;
    boolean queued = false;
    while (!queued && !closed) {
      try {
        queued = queue.offer(pending, 100, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (closed) {
      // The thread may have looked for the last time before this came; whoever still finds it in
      // the queue answers it. If it was never queued, this answers it.
      refuseRest();
      if (!queued) {
        pending.fail(new StoreException("The engine is closed."));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return pending.result;
  }

  /** Waits for a change that was put in line. */
  static <T> T result(CompletableFuture<T> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw asJobsException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    List<Pending<?>> group = new ArrayList<>(GROUP_LIMIT);
    while (!closed || !queue.isEmpty()) {
      try {
        Pending<?> first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        group.add(first);
        queue.drainTo(group, GROUP_LIMIT - 1);
        commit(group);
      } catch (InterruptedException e) {
        // Only close() ends this thread, and it does not interrupt.
        log.warn("The writer was interrupted and goes on.");
      } finally {
        group.clear();
      }
    }
    refuseRest();
  }

  /** Makes and answers changes; returns whether the database could be reached. */
  private boolean commit(List<Pending<?>> group) {
    boolean reached = false;
    boolean applied = false;
    try (Handle handle = database.jdbi().open()) {
      handle.begin();
      reached = true;
      try {
        group.forEach(pending -> pending.apply(handle));
        applied = true;
        handle.commit();
      } catch (RuntimeException | Error e) {
        handle.rollback();
        throw e;
      }
      database.durability().afterCommit(handle);
    } catch (RuntimeException | Error e) {
      if (applied || !reached || group.size() == 1) {
        // Once the commit was begun nobody knows how it went, so nothing may be done again.
        group.forEach(pending -> pending.fail(e));
      } else {
        commitEachAlone(group, e);
      }
      return reached;
    }
    group.forEach(Pending::succeed);
    return true;
  }

  private void commitEachAlone(List<Pending<?>> group, Throwable cause) {
    boolean reached = true;
    for (Pending<?> alone : group) {
      if (reached) {
        reached = commit(List.of(alone));
      } else {
        // It takes long to find out that a database is gone; once is enough.
        alone.fail(cause);
      }
    }
  }

  private void refuseRest() {
    for (Pending<?> rest = queue.poll(); rest != null; rest = queue.poll()) {
      rest.fail(new StoreException("The engine is closed."));
    }
  }

  private static RuntimeException asJobsException(@Nullable Throwable cause) {
    if (cause instanceof JobsException known) {
      return known;
    }
    return new StoreException("The database could not store a change.", cause);
  }

  /** Finishes what waits, and takes nothing more. */
  @Override
  public void close() {
    closed = true;
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    boolean interrupted = false;
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (thread.isAlive()) {
      log.warn("The database did not answer in time; changes that wait for it are given up.");
      refuseRest();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Pending<T> {
    private final Change<T> change;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable T value;

    Pending(Change<T> change) {
      this.change = change;
    }

    void apply(Handle handle) {
      value = change.apply(handle);
    }

    void succeed() {
      result.complete(value);
    }

    void fail(Throwable error) {
      result.completeExceptionally(error);
    }
  }
}
