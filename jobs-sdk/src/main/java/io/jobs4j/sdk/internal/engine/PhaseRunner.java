package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.Phase;
import io.jobs4j.sdk.internal.phase.PhaseContext;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import io.jobs4j.sdk.internal.phase.Phases;
import io.jobs4j.sdk.internal.phase.StageJob;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Duration;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the phase that is due for a job and says what it made of it; stores nothing but the progress
 * of phases that take long. A worker's thread runs the phase, one for each job at a time. Safe for
 * use by several threads.
 */
final class PhaseRunner {
  private static final Logger log = LoggerFactory.getLogger(PhaseRunner.class);

  private final JobChanges changes;
  private final Leases leases;
  private final Adapters adapters;
  private final Transfers transfers;
  private final EngineSettings settings;
  private final EngineMetrics metrics;
  private final InFlightJobs inFlight;
  private final Phases phases = new Phases();

  /**
   * A runner.
   *
   * @param metrics which do not throw
   */
  PhaseRunner(
      Store store,
      Adapters adapters,
      Transfers transfers,
      EngineSettings settings,
      EngineMetrics metrics,
      InFlightJobs inFlight) {
    this.changes = store.changes();
    this.leases = store.leases();
    this.adapters = adapters;
    this.transfers = transfers;
    this.settings = settings;
    this.metrics = metrics;
    this.inFlight = inFlight;
  }

  /**
   * Does what is due for a job.
   *
   * @param cancels whether it is to be cancelled
   */
  PhaseResult run(LeasedJob leased, boolean cancels) throws InterruptedException {
    StoredJob stored = leased.job();
    Phase phase = phases.due(stored, cancels);
    if (phase == null) {
      return new PhaseResult.Advance(JobChange.to(stored.activeStatus(), "Trying again."));
    }
    PhaseResult result = run(phase, leased);
    if (phase instanceof StageJob) {
      inFlight.of(leased.lease()).staged();
    }
    return result;
  }

  private PhaseResult run(Phase phase, LeasedJob leased) throws InterruptedException {
    long start = System.nanoTime();
    String result = "FAILED";
    try {
      PhaseResult next = phase.run(context(leased));
      result = "DONE";
      return next;
    } catch (Throwable e) {
      inFlight.of(leased.lease()).failed();
      throw e;
    } finally {
      metrics.time(
          EngineMetricNames.PHASE,
          Duration.ofNanos(System.nanoTime() - start),
          "phase",
          phase.getClass().getSimpleName(),
          "result",
          result);
    }
  }

  /** What the phases of a job see. */
  PhaseContext context(LeasedJob leased) {
    StoredJob stored = leased.job();
    InFlightJobs.InFlightJob known = inFlight.of(leased.lease());
    return new PhaseContext(
        stored,
        settings.catalog(),
        adapters,
        transfers,
        settings.workDirectories(),
        settings.archiveComparison(),
        settings.validation().inputSchemes(),
        settings.clock(),
        known.isStaged(),
        leased.lease().fence() > 1 || known.hasFailed(),
        () -> known.cancelled().get() || Thread.currentThread().isInterrupted(),
        step -> report(leased, step),
        fence(leased.lease()),
        () -> leases.requireHeld(leased.lease()));
  }

  private Fence fence(Lease lease) {
    return new Fence(lease.uuid(), lease.fence(), () -> leases.requireUnexpired(lease));
  }

  /** Stores a history entry while a phase goes on; whether that works out decides nothing. */
  private void report(LeasedJob leased, JobChange.Step step) {
    Future<?> unused =
        changes
            .changeLater(
                leased.lease(),
                head ->
                    head.status() == step.status()
                        ? JobChange.NONE.then(step).dueAsBefore()
                        : JobChange.NONE.dueAsBefore())
            .whenComplete(
                (head, error) -> {
                  if (error != null) {
                    String uuid = leased.lease().uuid();
                    JobLog.about(
                        uuid,
                        () -> log.warn("Progress of job {} could not be stored", uuid, error));
                  }
                });
  }
}
