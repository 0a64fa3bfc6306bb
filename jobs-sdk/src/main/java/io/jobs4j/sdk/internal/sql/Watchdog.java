package io.jobs4j.sdk.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps time limits for threads that cannot, because they are inside a driver. A connection that is
 * used for longer than its limit is aborted, which ends the call that waits on it. Safe for use by
 * several threads; what is watched costs its user no more than an entry in a map.
 */
public final class Watchdog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
  private static final long TICK_MILLIS = 100;

  /** By identity: connections are wrapped by whoever likes to. Guarded by itself. */
  private final IdentityHashMap<Connection, Use> uses = new IdentityHashMap<>();

  private final List<LongConsumer> looks = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** Begins to watch. */
  Watchdog() {
    this.thread = new Thread(this::run, "jobs4j-watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * How long a connection may be used. Whoever asks whether the database {@code answers} others
   * moves the deadline when it does.
   */
  private static final class Use {
    private final long since;
    private final @Nullable BooleanSupplier answers;
    private final long limit;
    private volatile long deadline;
    private volatile boolean asked;

    Use(long since, long limit, @Nullable BooleanSupplier answers) {
      this.since = since;
      this.limit = limit;
      this.deadline = since + limit;
      this.answers = answers;
    }
  }

  /** Aborts a connection if it is still watched when {@code limit} has passed since a moment. */
  public void watch(Connection connection, long since, Duration limit) {
    put(connection, new Use(since, limit.toNanos(), null));
  }

  /**
   * Aborts a connection when {@code limit} has passed in which the database has answered nobody.
   *
   * @param answers asks the database on another connection, for half of the limit at most
   */
  void watchSilence(Connection connection, Duration limit, BooleanSupplier answers) {
    put(connection, new Use(System.nanoTime(), limit.toNanos(), answers));
  }

  private void put(Connection connection, Use use) {
    synchronized (uses) {
      uses.put(connection, use);
    }
  }

  /** Leaves a connection alone from now on. */
  void unwatch(Connection connection) {
    synchronized (uses) {
      uses.remove(connection);
    }
  }

  /** Calls {@code look} with the time several times a second; it must not block. */
  public void onTick(LongConsumer look) {
    looks.add(look);
  }

  /** Ends a connection and what waits on it, and does not wait for that. */
  public static void abort(Connection connection) {
    start(
        "jobs4j-abort",
        () -> {
          try {
            connection.abort(Runnable::run);
          } catch (SQLException | RuntimeException e) {
            log.debug("A connection was gone before it was aborted", e);
          }
        });
  }

  private static void start(String name, Runnable task) {
    Thread one = new Thread(task, name);
    one.setDaemon(true);
    one.start();
  }

  private void run() {
    while (true) {
      try {
        if (closing.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        // Only close() ends this thread, and it does not interrupt.
        continue;
      }
      try {
        long now = System.nanoTime();
        snapshot().forEach((connection, use) -> look(connection, use, now));
        looks.forEach(look -> look.accept(now));
      } catch (RuntimeException | Error e) {
        log.error("The watchdog failed and goes on", e);
      }
    }
  }

  private IdentityHashMap<Connection, Use> snapshot() {
    synchronized (uses) {
      return new IdentityHashMap<>(uses);
    }
  }

  private boolean remove(Connection connection, Use use) {
    synchronized (uses) {
      return uses.get(connection) == use && uses.remove(connection) != null;
    }
  }

  private void look(Connection connection, Use use, long now) {
    BooleanSupplier answers = use.answers;
    if (now - use.deadline >= 0) {
      if (remove(connection, use)) {
        log.warn(
            "The database has not answered for {} ms; a connection is aborted.",
            TimeUnit.NANOSECONDS.toMillis(now - use.since));
        abort(connection);
      }
    } else if (answers != null && !use.asked && use.deadline - now <= use.limit / 2) {
      use.asked = true;
      start(
          "jobs4j-probe",
          () -> {
            if (answers.getAsBoolean()) {
              use.deadline = System.nanoTime() + use.limit;
              use.asked = false;
            }
          });
    }
  }

  /** Watches no more. */
  @Override
  public void close() {
    closing.countDown();
  }
}
