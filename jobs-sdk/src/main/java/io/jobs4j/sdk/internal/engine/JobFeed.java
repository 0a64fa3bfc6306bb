package io.jobs4j.sdk.internal.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells those who wait for a job that it has changed or ended. It says no more: they look. */
public final class JobFeed {
  /** How often those who wait look all the same, because a change may not have been heard of. */
  static final Duration SAFETY_INTERVAL = Duration.ofSeconds(30);

  /** The same where other engines cannot be heard. */
  static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final Map<String, Set<Subscription>> subscriptions = new ConcurrentHashMap<>();

  /** Subscribes to a job; the caller closes the subscription. */
  Subscription subscribe(String uuid) {
    return subscribe(uuid, false);
  }

  /**
   * Subscribes to a job for its end alone, so that nobody is woken for each of its states; the
   * caller closes the subscription.
   */
  Subscription subscribeEnd(String uuid) {
    return subscribe(uuid, true);
  }

  /**
   * Subscribes to a job for its end alone; the caller closes the subscription.
   *
   * @param told is called when it may have ended, by whoever knows that; it must not block
   */
  Subscription subscribeEnd(String uuid, Runnable told) {
    return subscribe(uuid, true, told);
  }

  private Subscription subscribe(String uuid, boolean endOnly) {
    return subscribe(uuid, endOnly, null);
  }

  private Subscription subscribe(String uuid, boolean endOnly, @Nullable Runnable told) {
    Subscription subscription = new Subscription(uuid, endOnly, told);
    subscriptions.compute(
        uuid,
        (key, set) -> {
          Set<Subscription> all = set == null ? new CopyOnWriteArraySet<>() : set;
          all.add(subscription);
          return all;
        });
    return subscription;
  }

  /**
   * Says that a job has changed.
   *
   * @param mayBeOver whether it has ended, or nobody here knows that it has not
   */
  void changed(String uuid, boolean mayBeOver) {
    Set<Subscription> all = subscriptions.get(uuid);
    if (all != null) {
      for (Subscription subscription : all) {
        if (mayBeOver || !subscription.endOnly) {
          subscription.signal();
        }
      }
    }
  }

  /** Says that there may be no more changes. */
  void wakeAll() {
    subscriptions.values().forEach(all -> all.forEach(Subscription::signal));
  }

  /** Someone who waits for changes of one job. */
  final class Subscription implements AutoCloseable {
    private final String uuid;
    private final boolean endOnly;
    private final @Nullable Runnable told;
    private final Semaphore changes = new Semaphore(0);

    private Subscription(String uuid, boolean endOnly, @Nullable Runnable told) {
      this.uuid = uuid;
      this.endOnly = endOnly;
      this.told = told;
    }

    private void signal() {
      if (told == null) {
        changes.release();
      } else {
        told.run();
      }
    }

    /** Returns when the job has changed since the last call, or when the time is up. */
    void awaitChange(Duration time) throws InterruptedException {
      if (changes.tryAcquire(time.toNanos(), TimeUnit.NANOSECONDS)) {
        changes.drainPermits();
      }
    }

    @Override
    public void close() {
      subscriptions.computeIfPresent(
          uuid,
          (key, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
