package io.jobs4j.sdk.internal.store;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The changes that wait for the writer, in order. It is bounded: a caller waits when the database
 * is slower than the callers, and is refused when that takes too long. Safe for use by several
 * threads.
 */
final class WriteQueue {
  private static final int CAPACITY = 4096;

  private final BlockingQueue<PendingWrite<?>> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Duration databaseWait;

  /**
   * An empty queue.
   *
   * @param databaseWait how long a caller waits for a database that does not answer
   */
  WriteQueue(Duration databaseWait) {
    this.databaseWait = databaseWait;
  }

  /** Puts a change in line, waiting while the line is full; it completes when it is durable. */
  <T> CompletableFuture<T> submit(PendingWrite<T> pending) {
    long deadline = System.nanoTime() + databaseWait.toNanos();
    pending.waitUntil(deadline);
    boolean interrupted = false;
    boolean queued = false;
    while (!queued && !isClosed() && !(pending.isLate(System.nanoTime()) && isFull())) {
      try {
        queued = queue.offer(pending, 100, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (isClosed()) {
      // The writer may have looked for the last time before this came, so this answers for itself,
      // unless the writer has it already. What others had put in line before is still done.
      if (!queued || queue.remove(pending)) {
        pending.fail(StoreErrors.closed());
      }
    } else if (!queued) {
      pending.fail(StoreErrors.unavailable(null));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return pending.result();
  }

  /** The next change; {@code null} if none comes in time. */
  @Nullable PendingWrite<?> poll(long nanos) throws InterruptedException {
    return queue.poll(nanos, TimeUnit.NANOSECONDS);
  }

  /** Takes what waits, so many at most. */
  void drainTo(Collection<PendingWrite<?>> group, int limit) {
    queue.drainTo(group, limit);
  }

  /** How many changes wait. */
  int size() {
    return queue.size();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  private boolean isFull() {
    return queue.remainingCapacity() == 0;
  }

  /** Answers those that have waited for too long. */
  void failLate(long limit) {
    for (PendingWrite<?> pending : queue) {
      if (pending.isLate(limit) && queue.remove(pending)) {
        pending.fail(StoreErrors.unavailable(null));
      }
    }
  }

  /** Takes nothing more; what waits is still done. */
  void close() {
    closing.countDown();
  }

  boolean isClosed() {
    return closing.getCount() == 0;
  }

  /** Returns after a time, or as soon as this is closed. */
  void awaitClose(long millis) throws InterruptedException {
    boolean unused = closing.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Refuses what still waits. */
  void refuseRest() {
    for (PendingWrite<?> rest = queue.poll(); rest != null; rest = queue.poll()) {
      rest.fail(StoreErrors.closed());
    }
  }
}
