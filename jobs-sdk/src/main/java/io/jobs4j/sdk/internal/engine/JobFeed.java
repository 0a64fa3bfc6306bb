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
  static final Duration LOOK = Duration.ofSeconds(30);

  /** The same where other engines cannot be heard. */
  static final Duration DEAF_LOOK = Duration.ofSeconds(1);

  private final Map<String, Set<Watch>> watches = new ConcurrentHashMap<>();

  /** Begins to watch a job; the caller closes the watch. */
  Watch watch(String uuid) {
    return watch(uuid, false);
  }

  /**
   * Begins to watch a job for its end alone, so that nobody is woken for each of its states; the
   * caller closes the watch.
   */
  Watch watchEnd(String uuid) {
    return watch(uuid, true);
  }

  /**
   * Begins to watch a job for its end alone; the caller closes the watch.
   *
   * @param told is called when it may have ended, by whoever knows that; it must not block
   */
  Watch watchEnd(String uuid, Runnable told) {
    return watch(uuid, true, told);
  }

  private Watch watch(String uuid, boolean endOnly) {
    return watch(uuid, endOnly, null);
  }

  private Watch watch(String uuid, boolean endOnly, @Nullable Runnable told) {
    Watch watch = new Watch(uuid, endOnly, told);
    watches.compute(
        uuid,
        (key, set) -> {
          Set<Watch> all = set == null ? new CopyOnWriteArraySet<>() : set;
          all.add(watch);
          return all;
        });
    return watch;
  }

  /**
   * Says that a job has changed.
   *
   * @param mayBeOver whether it has ended, or nobody here knows that it has not
   */
  void changed(String uuid, boolean mayBeOver) {
    Set<Watch> all = watches.get(uuid);
    if (all != null) {
      for (Watch watch : all) {
        if (mayBeOver || !watch.endOnly) {
          watch.signal();
        }
      }
    }
  }

  /** Says that there may be no more changes. */
  void wakeAll() {
    watches.values().forEach(all -> all.forEach(Watch::signal));
  }

  /** Someone who waits for changes of one job. */
  final class Watch implements AutoCloseable {
    private final String uuid;
    private final boolean endOnly;
    private final @Nullable Runnable told;
    private final Semaphore changes = new Semaphore(0);

    private Watch(String uuid, boolean endOnly, @Nullable Runnable told) {
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
      watches.computeIfPresent(
          uuid,
          (key, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }
}
