package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.PhaseContext;
import io.jobs4j.sdk.internal.phase.Watch;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Does what is next for a job, one phase at a time, and stores what each phase says is to come. A
 * phase that fails for reasons outside the job leaves the job as it was, to be taken up again;
 * nothing is decided without the database.
 *
 * <p>Workers call {@link #step}, each for another job; the dispatcher says which jobs are this
 * engine's, and has those watched that it adopts. Safe for use by several threads.
 */
final class JobWorker {
  private final Leases leases;
  private final Monitor monitor;
  private final PhaseRunner phases;
  private final PhaseFailures failures;
  private final ResultRecorder results;
  private final InFlightJobs inFlight = new InFlightJobs();

  private volatile boolean closing;

  /**
   * A worker.
   *
   * @param onTimer is told when a job is to be looked at again
   * @param metrics which do not throw
   */
  JobWorker(
      Store store,
      Monitor monitor,
      Adapters adapters,
      Transfers transfers,
      EngineSettings settings,
      Recoverer recoverer,
      Quotas quotas,
      Consumer<Instant> onTimer,
      EngineMetrics metrics) {
    this.leases = store.leases();
    this.monitor = monitor;
    this.phases = new PhaseRunner(store, adapters, transfers, settings, metrics, inFlight);
    this.failures = new PhaseFailures(store.clock());
    this.results =
        new ResultRecorder(store, monitor, recoverer, quotas, onTimer, metrics, inFlight);
  }

  /** Says that a job is to be cancelled, so that a transfer under way for it ends early. */
  void cancelRequested(String uuid) {
    inFlight.cancelRequested(uuid);
  }

  /** Watches a job that its scheduler has. */
  void watch(LeasedJob leased) {
    PhaseContext context = phases.context(leased);
    ExecutionSystem system = context.system();
    RemoteJob job = context.remoteJob();
    monitor.watch(
        system,
        leased.lease(),
        job,
        Watch.known(leased.job().job()),
        true,
        monitor.tells(system, job));
  }

  /** The leases of the jobs that are watched. */
  Set<Lease> watched() {
    return monitor.leases();
  }

  /** What fails from now on may fail only because the engine is closing. */
  void close() {
    closing = true;
  }

  /** Says that a job is this engine's to work on. */
  void expect(Lease lease) {
    inFlight.begin(lease);
  }

  /** Forgets what it knew of a job under a lease that this engine has no more. */
  void forget(Lease lease) {
    inFlight.end(lease);
  }

  /**
   * Does what is due for a job.
   *
   * @return completes when that is stored, with what follows. It fails if nobody knows; then the
   *     lease should be given back.
   */
  CompletableFuture<Next> step(LeasedJob leased) throws InterruptedException {
    StoredJob stored = leased.job();
    JobStatus status = stored.job().status();
    if (status.isTerminal()) {
      return CompletableFuture.completedFuture(Next.LET_GO);
    }
    leases.requireUnexpired(leased.lease());
    AtomicBoolean cancelled = inFlight.of(leased.lease()).cancelled();
    boolean cancels = stored.cancelRequestedBy() != null && status.isVisible();
    try {
      CompletableFuture<Next> next = results.store(leased, phases.run(leased, cancels));
      failures.clear(stored.job().id());
      return next;
    } catch (StoreException | LeaseLostException e) {
      // It says nothing of the job.
      throw e;
    } catch (CancellationException e) {
      // An adapter may throw it too, of whatever it has cancelled.
      return cancelled.getAndSet(false)
          ? CompletableFuture.completedFuture(Next.READ_AGAIN)
          : setBack(leased, e, cancels);
    } catch (Throwable e) {
      // Adapters are others' code, and may throw anything, declared or not.
      return setBack(leased, e, cancels);
    }
  }

  private CompletableFuture<Next> setBack(LeasedJob leased, Throwable error, boolean cancels)
      throws InterruptedException {
    if (stopping()) {
      if (error instanceof InterruptedException interrupt) {
        throw interrupt;
      }
      // It says nothing of the job.
      throw new StoreException("The engine is closing.", error);
    }
    return results.store(leased, failures.of(leased.job(), error, cancels));
  }

  /** Whether what goes wrong now may go wrong only because the engine is closing. */
  private boolean stopping() {
    return closing || Thread.currentThread().isInterrupted();
  }
}
