package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.JobListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells one listener of changes, on a thread of its own; what there is no room for is dropped. */
final class ListenerThread implements AutoCloseable {
  static final int CAPACITY = 10_000;

  private static final Logger log = LoggerFactory.getLogger(ListenerThread.class);

  /** How long a listener may take for the last events. */
  static final Duration LAST_EVENTS = Duration.ofSeconds(5);

  private static final Duration LAST_CALL = Duration.ofSeconds(1);

  private final JobListener listener;
  private final int capacity;
  private final EngineMetrics metrics;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.

  private final Queue<JobEvent> waiting = new ArrayDeque<>();
  private long dropped;
  private boolean closed;

  /** Begins to tell a listener. */
  ListenerThread(JobListener listener, int capacity, EngineMetrics metrics) {
    this.listener = listener;
    this.capacity = capacity;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "jobs4j-listener");
    thread.setDaemon(true);
    thread.start();
  }

  /** Tells the listener soon, if there is room. */
  void tell(JobEvent event) {
    boolean first = false;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (waiting.size() < capacity) {
        waiting.add(event);
        changed.signal();
        return;
      }
      first = dropped++ == 0;
    } finally {
      lock.unlock();
    }
    metrics.count(EngineMetricNames.LISTENER_DROPPED, 1);
    if (first) {
      log.warn("A listener ({}) is too slow and misses events", listener.getClass().getName());
    }
  }

  private void run() {
    while (true) {
      JobEvent event;
      try {
        event = next();
      } catch (InterruptedException e) {
        // By close(), which has cleared the queue, or by a listener that left it behind.
        continue;
      }
      if (event == null) {
        return;
      }
      JobLog.about(event.jobId(), () -> tellListener(event));
    }
  }

  private @Nullable JobEvent next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (waiting.isEmpty() && dropped > 0) {
        log.warn("A listener ({}) has missed {} events", listener.getClass().getName(), dropped);
        dropped = 0;
      }
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      return waiting.poll();
    } finally {
      lock.unlock();
    }
  }

  private void tellListener(JobEvent event) {
    try {
      listener.onChange(event);
    } catch (Throwable e) {
      // Also what it has not declared.
      log.warn("A listener ({}) failed", listener.getClass().getName(), e);
    }
  }

  /** Takes no more events and lets the listener see the last, for a bounded time. */
  @Override
  public void close() {
    close(LAST_EVENTS);
  }

  /** Takes no more events; {@link #close} must follow. */
  void stop() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #close()}, for about so long at most. */
  void close(Duration limit) {
    stop();
    if (Thread.currentThread() == thread || ended(limit)) {
      return;
    }
    int rest;
    lock.lock();
    try {
      rest = waiting.size();
      waiting.clear();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    boolean ended = ended(LAST_CALL);
    log.warn(
        "A listener ({}) missed {} events at the end{}",
        listener.getClass().getName(),
        rest,
        ended ? "" : ", and does not return");
  }

  private boolean ended(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
