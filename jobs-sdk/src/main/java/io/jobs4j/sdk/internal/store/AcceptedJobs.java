package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that this engine has accepted and that wait for a worker, so that they need not be read when
 * one takes them. It knows some of them, only small ones, and forgets them half a minute later when
 * others come: other engines take jobs without telling. What another asks of such a job meanwhile
 * is found by the first change that its worker makes. Used by the writer's thread alone.
 */
final class AcceptedJobs {
  private static final int MOST = 4096;
  private static final int LONGEST = 4096;
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<Long, Accepted> jobs = new LinkedHashMap<>();

  private record Accepted(StoredJob job, long since) {}

  /** A job has been stored that nobody has taken yet. */
  void put(StoredJob job) {
    long now = System.nanoTime();
    Iterator<Accepted> eldest = jobs.values().iterator();
    while (eldest.hasNext() && now - eldest.next().since() > KEPT_NANOS) {
      eldest.remove();
    }
    int length =
        JobTexts.encode(job.job().inputs()).length()
            + JobTexts.encode(job.job().parameters()).length();
    if (length <= LONGEST && jobs.size() < MOST) {
      jobs.put(job.id(), new Accepted(job, now));
    }
  }

  /** A job that is taken, if it is known; it is not from then on. */
  @Nullable StoredJob remove(long id) {
    Accepted accepted = jobs.remove(id);
    return accepted == null ? null : accepted.job();
  }

  void forgetAll() {
    jobs.clear();
  }
}
