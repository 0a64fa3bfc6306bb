package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.store.JobStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Deletes jobs that have been over for long, a few at a time, going round and round all jobs. Used
 * by one thread.
 */
final class Retention {
  private static final int LOOKED_AT_ONCE = 1000;

  private final JobStore store;
  private final @Nullable Duration time;
  private long from;

  /** Keeps jobs for {@code time} after their end; {@code null} for ever. */
  Retention(JobStore store, @Nullable Duration time) {
    this.store = store;
    this.time = time;
  }

  /** Looks at some jobs, and at the following ones the next time. */
  void apply() {
    if (time != null) {
      from = store.deleteEnded(store.now().minus(time), from, LOOKED_AT_ONCE);
    }
  }
}
