package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Store;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to jobs that are not on their scheduler as the database says: one that cannot be seen is
 * blocked until it can be, and one that is held although it should run is let go on. The latter
 * comes of an engine that stood still within a call and made it after others had taken over. Safe
 * for use by several threads.
 */
final class Supervision {
  private static final Logger log = LoggerFactory.getLogger(Supervision.class);

  private final Jobs jobs;
  private final JobChanges changes;
  private final Leases leases;
  private final Recoverer recoverer;
  private final EngineMetrics metrics;

  Supervision(Store store, Recoverer recoverer, EngineMetrics metrics) {
    this.jobs = store.jobs();
    this.changes = store.changes();
    this.leases = store.leases();
    this.recoverer = recoverer;
    this.metrics = metrics;
  }

  /** Blocks a job that cannot be seen from here; a request to cancel stays, for when it can be. */
  CompletableFuture<Applied> block(Lease lease, StoredJob stored, RemoteStatus status) {
    RecoveryCondition condition = RecoveryCondition.JOB_NOT_VISIBLE;
    Blockage blockage = recoverer.blockage(stored.job(), condition, null);
    String message = condition + ": " + status.reason() + ".";
    return changes
        .changeLater(
            lease,
            head ->
                head.status().isExecuting()
                    ? JobChange.to(JobStatus.BLOCKED, message).blockedOn(blockage)
                    : JobChange.NONE.dueAsBefore())
        .thenApply(
            applied -> {
              if (applied.after().status() == JobStatus.BLOCKED) {
                metrics.count(EngineMetricNames.JOBS_BLOCKED, 1, "condition", condition.name());
                recoverer.blocked(blockage);
              }
              return applied;
            });
  }

  /** Lets a job go on, unless the database says by now that it is to be held. */
  void release(RemoteScheduler scheduler, Lease lease, RemoteJob job) throws InterruptedException {
    try {
      StoredJob stored = jobs.load(lease.uuid()).orElse(null);
      if (stored == null
          || !stored.job().status().isExecuting()
          || stored.pauseRequestedBy() != null) {
        return;
      }
      leases.requireHeld(lease);
      log.warn("Job {} is held and should run; it is let go on", lease.uuid());
      scheduler.release(job);
    } catch (LeaseLostException e) {
      log.debug("Job {} is another engine's by now", lease.uuid());
    } catch (JobsException e) {
      // The next look finds it again.
      log.warn("Job {} could not be let go on: {}", lease.uuid(), e.getMessage());
    }
  }
}
