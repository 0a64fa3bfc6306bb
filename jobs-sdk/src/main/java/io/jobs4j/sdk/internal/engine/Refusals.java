package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often in a row it failed to store what was decided for a job, or to decide. Such a job rests
 * for longer each time, and an administrator is told once.
 */
final class Refusals {
  private static final Logger log = LoggerFactory.getLogger(Refusals.class);

  /** After how many refusals by the database it is said that something is wrong with a job. */
  private static final int SAID_AFTER = 3;

  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  private final ReentrantLock lock;

  /** Guarded by the lock. */
  private final Map<String, Integer> byUuid = new HashMap<>();

  /**
   * No refusals yet.
   *
   * @param lock the dispatcher's
   */
  Refusals(ReentrantLock lock) {
    this.lock = lock;
  }

  /** Forgets those of a job that has got any further. The caller has the lock. */
  void clear(String uuid) {
    byUuid.remove(uuid);
  }

  /** Returns how often in a row something failed that fails again; 0 if it may just pass. */
  int count(String uuid, @Nullable Throwable error) {
    boolean passes = error instanceof JobsException || error instanceof InterruptedException;
    if (passes && !SqlFailure.isOfValues(error)) {
      return 0;
    }
    lock.lock();
    try {
      return byUuid.merge(uuid, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  /** What is refused for itself will be again, so it is tried more and more rarely. */
  static Duration rest(int refused) {
    return refused == 0
        ? Duration.ZERO
        : Duration.ofSeconds(Math.min(1L << Math.min(refused, 16), LONGEST_REST.toSeconds()));
  }

  /** Says what became of a job that failed, and is quiet about what was said before. */
  static void complain(String uuid, @Nullable Throwable error, int refused) {
    if (refused == SAID_AFTER) {
      log.error(
          "Job {} does not get any further: what was decided for it could not be stored {} times."
              + " It is tried again more and more rarely",
          uuid,
          refused,
          error);
    } else if (refused > SAID_AFTER) {
      log.debug("Job {} could not be stored {} times", uuid, refused, error);
    } else if (error instanceof LeaseLostException) {
      log.info("Job {} is another engine's by now", uuid);
    } else if (error instanceof StoreException) {
      log.warn("Job {} stays as it is, because the database failed", uuid, error);
    } else if (!(error instanceof InterruptedException)) {
      log.error("Job {} stays as it is, because of an error in jobs4j", uuid, error);
    }
  }
}
