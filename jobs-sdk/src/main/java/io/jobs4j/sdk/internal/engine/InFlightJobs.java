package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Lease;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that this engine's workers have, and what they know of them. Each lease of a job begins
 * with nothing: what a worker learned under an earlier one may not hold any more, and what it still
 * does says nothing to whoever has the job now. Safe for use by several threads.
 */
final class InFlightJobs {
  private final Map<String, InFlightJob> byUuid = new ConcurrentHashMap<>();

  /** Notes that a worker gets a job; an outdated lease changes nothing. */
  void begin(Lease lease) {
    byUuid.merge(
        lease.uuid(),
        new InFlightJob(lease),
        (known, late) -> known.lease.fence() > late.lease.fence() ? known : late);
  }

  /** What is known under a lease. For one that is not or no longer in flight it is nothing. */
  InFlightJob of(Lease lease) {
    InFlightJob known = byUuid.get(lease.uuid());
    return known != null && known.lease.equals(lease) ? known : new InFlightJob(lease);
  }

  /** Says that a job is to be cancelled. */
  void cancelRequested(String uuid) {
    InFlightJob known = byUuid.get(uuid);
    if (known != null) {
      known.cancelled().set(true);
    }
  }

  /** Forgets what was known under a lease. */
  void end(Lease lease) {
    byUuid.computeIfPresent(
        lease.uuid(), (uuid, known) -> known.lease.equals(lease) ? null : known);
  }

  /** One job under one lease. */
  static final class InFlightJob {
    private final Lease lease;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicReference<@Nullable CompletableFuture<Applied>> overlapping =
        new AtomicReference<>();
    private volatile boolean staged;
    private volatile boolean failed;

    private InFlightJob(Lease lease) {
      this.lease = lease;
    }

    /** Whether a cancel came since the job was last read. */
    AtomicBoolean cancelled() {
      return cancelled;
    }

    /** The last change for which nobody has waited; {@code null} if there is none. */
    AtomicReference<@Nullable CompletableFuture<Applied>> overlapping() {
      return overlapping;
    }

    /**
     * Whether the job's files were put in place, so that it need not be looked whether they are.
     */
    boolean isStaged() {
      return staged;
    }

    void staged() {
      staged = true;
    }

    /** Whether something that was done for the job did not come to its end. */
    boolean hasFailed() {
      return failed;
    }

    void failed() {
      failed = true;
    }
  }
}
