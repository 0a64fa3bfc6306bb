package io.jobs4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Several threads that do the same. */
final class Crowd {
  private Crowd() {}

  /** What each thread does again and again. */
  interface Action {
    void run(int number) throws Exception;
  }

  /** How often a second {@code threads} do {@code action}, after a warm-up that does not count. */
  static double perSecond(int threads, long warmUpMillis, long millis, Action action)
      throws Exception {
    AtomicInteger number = new AtomicInteger();
    AtomicLong counted = new AtomicLong();
    long from = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
    long to = from + TimeUnit.MILLISECONDS.toNanos(millis);
    together(
        threads,
        () -> {
          long now = System.nanoTime();
          while (now - to < 0) {
            action.run(number.incrementAndGet());
            now = System.nanoTime();
            if (now - from >= 0 && now - to < 0) {
              counted.incrementAndGet();
            }
          }
        });
    return counted.get() * 1000.0 / millis;
  }

  /**
   * Does {@code action} with the numbers 1 to {@code count}, each once; returns when all are done.
   */
  static void each(int threads, int count, Action action) throws Exception {
    AtomicInteger next = new AtomicInteger();
    together(
        threads,
        () -> {
          for (int i = next.incrementAndGet(); i <= count; i = next.incrementAndGet()) {
            action.run(i);
          }
        });
  }

  private interface Task {
    void run() throws Exception;
  }

  private static void together(int threads, Task task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      CompletionService<Boolean> results = new ExecutorCompletionService<>(pool);
      for (int i = 0; i < threads; i++) {
        results.submit(
            () -> {
              start.await();
              task.run();
              return true;
            });
      }
      start.countDown();
      List<Throwable> errors = new ArrayList<>();
      for (int i = 0; i < threads && errors.isEmpty(); i++) {
        try {
          results.take().get();
        } catch (ExecutionException e) {
          errors.add(e);
        }
      }
      if (!errors.isEmpty()) {
        throw new IllegalStateException(
            "a thread failed: " + errors.get(0).getCause(), errors.get(0));
      }
    } finally {
      pool.shutdownNow();
      pool.awaitTermination(30, TimeUnit.SECONDS);
    }
  }

  /** Waits until something is so; looks every {@code millis} milliseconds. */
  static void until(String what, long millis, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(what + " did not come about in 10 minutes");
      }
      TimeUnit.MILLISECONDS.sleep(millis);
    }
  }

  /** Something to wait for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  static double millis(long nanos) {
    return nanos / 1e6;
  }
}
