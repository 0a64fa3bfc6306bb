package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.Admit;
import io.jobs4j.sdk.internal.phase.Archive;
import io.jobs4j.sdk.internal.phase.BeginInputs;
import io.jobs4j.sdk.internal.phase.BeginJobStaging;
import io.jobs4j.sdk.internal.phase.Cancel;
import io.jobs4j.sdk.internal.phase.CleanUp;
import io.jobs4j.sdk.internal.phase.Pause;
import io.jobs4j.sdk.internal.phase.Phase;
import io.jobs4j.sdk.internal.phase.PhaseContext;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import io.jobs4j.sdk.internal.phase.ProcessInputs;
import io.jobs4j.sdk.internal.phase.RemoteEnd;
import io.jobs4j.sdk.internal.phase.Resume;
import io.jobs4j.sdk.internal.phase.StageInputs;
import io.jobs4j.sdk.internal.phase.StageJob;
import io.jobs4j.sdk.internal.phase.StayPaused;
import io.jobs4j.sdk.internal.phase.Submit;
import io.jobs4j.sdk.internal.phase.Watch;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what is next for a job, one phase at a time, and stores what each phase says is to come. A
 * phase that fails for reasons outside the job leaves the job as it was, to be taken up again;
 * nothing is decided without the database. Safe for use by several threads, each with another job.
 */
final class JobWorker {
  private static final Logger log = LoggerFactory.getLogger(JobWorker.class);

  /** How long until a job is looked at again that could not be while its scheduler has it. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(60);

  /** How long until the systems that a cancel concerns are asked again. */
  private static final Duration CANCEL_AGAIN = Duration.ofSeconds(10);

  /** How long until a job is tried again for which the JVM had not enough memory or the like. */
  private static final Duration JVM_AGAIN = Duration.ofSeconds(1);

  /** How often it is tried again. */
  private static final int JVM_TRIES = 6;

  private final JobChanges changes;
  private final Leases leases;
  private final InstantSource clock;
  private final Monitor monitor;
  private final Adapters adapters;
  private final Transfers transfers;
  private final EngineSettings settings;
  private final Recoverer recoverer;
  private final Quotas quotas;
  private final Consumer<Instant> onTimer;
  private final EngineMetrics metrics;
  private final Map<JobStatus, Phase> phases = new EnumMap<>(JobStatus.class);
  private final Phase cancel = new Cancel();
  private final Phase pause = new Pause();
  private final Phase resume = new Resume();
  private final Phase stayPaused = new StayPaused();

  private final Backoff backoff = new Backoff();

  private volatile boolean closing;

  private final InFlightJobs inFlight = new InFlightJobs();

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
    this.changes = store.changes();
    this.leases = store.leases();
    this.clock = store.clock();
    this.monitor = monitor;
    this.adapters = adapters;
    this.transfers = transfers;
    this.settings = settings;
    this.recoverer = recoverer;
    this.quotas = quotas;
    this.onTimer = onTimer;
    this.metrics = metrics;
    phases.put(JobStatus.ACCEPTED, new Admit());
    phases.put(JobStatus.PENDING, new BeginInputs());
    phases.put(JobStatus.PROCESSING_INPUTS, new ProcessInputs());
    phases.put(JobStatus.STAGING_INPUTS, new StageInputs());
    phases.put(JobStatus.STAGED, new BeginJobStaging());
    phases.put(JobStatus.STAGING_JOB, new StageJob());
    phases.put(JobStatus.SUBMITTING, new Submit());
    phases.put(JobStatus.QUEUED, new Watch());
    phases.put(JobStatus.RUNNING, new Watch());
    phases.put(JobStatus.CLEANING_UP, new CleanUp());
    phases.put(JobStatus.ARCHIVING, new Archive());
  }

  /** Says that a job is to be cancelled, so that a transfer under way for it ends early. */
  void cancelRequested(String uuid) {
    inFlight.cancelRequested(uuid);
  }

  /** Watches a job that its scheduler has. */
  void watch(LeasedJob leased) {
    PhaseContext context = context(leased);
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
      CompletableFuture<Next> next = store(leased, result(leased, cancels));
      backoff.clear(stored.job().id());
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
    return store(leased, failed(leased.job(), error, cancels));
  }

  /** Whether what goes wrong now may go wrong only because the engine is closing. */
  private boolean stopping() {
    return closing || Thread.currentThread().isInterrupted();
  }

  private PhaseResult result(LeasedJob leased, boolean cancels) throws InterruptedException {
    StoredJob stored = leased.job();
    JobStatus status = stored.job().status();
    boolean pauses = stored.pauseRequestedBy() != null;
    if (cancels) {
      return run(cancel, leased);
    } else if (status == JobStatus.PAUSED) {
      // Paused, it waits for a person.
      return run(pauses ? stayPaused : resume, leased);
    } else if (pauses && status.isVisible() && status != JobStatus.SUBMITTING) {
      return run(pause, leased);
    } else if (status == JobStatus.BLOCKED) {
      return new PhaseResult.Advance(JobChange.to(stored.activeStatus(), "Trying again."));
    }
    Phase phase = phases.get(status);
    if (phase == null) {
      throw new IllegalStateException("nothing is to be done for a job that is " + status);
    }
    PhaseResult result = run(phase, leased);
    if (status == JobStatus.STAGING_JOB) {
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

  private PhaseResult failed(StoredJob stored, Throwable error, boolean cancels) {
    String uuid = stored.job().id();
    if (error instanceof TransientAdapterException e) {
      log.info("Job {} waits for {}: {}", uuid, e.condition(), e.getMessage());
      if (cancels) {
        return lookAgain(CANCEL_AGAIN);
      }
      JobStatus status = stored.job().status();
      return status.isExecuting() || !status.isActive() || !status.isVisible()
          ? lookAgain(TRY_AGAIN)
          : new PhaseResult.Block(e.condition(), e.subject(), message(e));
    }
    if (cancels || stored.activeStatus().isExecuting()) {
      // The job may be running: that it is over takes proof, and this is none.
      log.warn("Job {} could not be dealt with and is looked at again", uuid, error);
      return tryAgain(
          stored,
          cancels ? CANCEL_AGAIN : TRY_AGAIN,
          backoff.note(uuid, error.toString()),
          cancels
              ? "The cancel could not be carried out and is tried again: "
              : "The job could not be looked at and is tried again: ");
    }
    if (error instanceof PermanentAdapterException e) {
      log.info("Job {} fails with {}: {}", uuid, e.code(), e.getMessage());
      return new PhaseResult.Fail(e.code(), message(e));
    }
    if (error instanceof VirtualMachineError && !(error instanceof StackOverflowError)) {
      // It says more of the process than of the job.
      Backoff.Failure setback = backoff.note(uuid, error.toString());
      if (setback.times() <= JVM_TRIES) {
        log.error("Job {} could not be dealt with and is tried again", uuid, error);
        return tryAgain(
            stored, JVM_AGAIN, setback, "The job could not be dealt with and is tried again: ");
      }
    }
    backoff.clear(uuid);
    log.error("Job {} fails because of an error in jobs4j or an adapter", uuid, error);
    return new PhaseResult.Fail(
        ConditionCode.JOB_INTERNAL_ERROR, "The job failed because of an internal error: " + error);
  }

  /** The job stays in its state, and its history says once why. */
  private PhaseResult tryAgain(
      StoredJob stored, Duration first, Backoff.Failure setback, String what) {
    JobStatus status = stored.job().status();
    boolean told = setback.isNew() && status.isActive() && status.isVisible();
    return new PhaseResult.WaitUntil(
        clock.instant().plus(setback.pause(first)),
        told ? JobChange.to(status, what + setback.error()) : JobChange.NONE);
  }

  private PhaseContext context(LeasedJob leased) {
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

  /** The job stays in its state: what its scheduler does with it goes on meanwhile. */
  private PhaseResult lookAgain(Duration after) {
    return new PhaseResult.WaitUntil(clock.instant().plus(after), JobChange.NONE);
  }

  private CompletableFuture<Next> store(LeasedJob leased, PhaseResult result) {
    if (result instanceof PhaseResult.Admit admit) {
      return admit(leased, admit);
    } else if (result instanceof PhaseResult.Advance advance) {
      boolean launches = entersSubmitting(leased.job(), advance.change());
      return goOn(
          leased,
          head ->
              launches && hasNewRequest(leased.job(), head)
                  ? JobChange.NONE.dueAsBefore()
                  : advance.change().dueAsBefore());
    } else if (result instanceof PhaseResult.Overlap overlap) {
      return goAhead(leased, overlap.change(), head -> overlap.change().dueAsBefore());
    } else if (result instanceof PhaseResult.HandOver handOver) {
      return handOver(leased, handOver);
    } else if (result instanceof PhaseResult.WaitUntil wait) {
      return rest(leased, wait.change(), wait.time());
    } else if (result instanceof PhaseResult.Block block) {
      return block(leased, block);
    }
    PhaseResult.Fail fail = (PhaseResult.Fail) result;
    return goOn(
        leased,
        head ->
            JobChange.to(JobStatus.FAILED, fail.message())
                .conditionCode(fail.code())
                .dueAsBefore());
  }

  /** The job goes on if limits allow for one more, and waits for that otherwise. */
  private CompletableFuture<Next> admit(LeasedJob leased, PhaseResult.Admit admit) {
    StoredJob stored = leased.job();
    Quota quota = quotas.of(stored.job());
    if (quota == null) {
      JobChange change = admit.before().and(admit.after());
      return goAhead(leased, change, head -> change.dueAsBefore());
    }
    Blockage blockage = recoverer.blockage(stored.job(), RecoveryCondition.QUOTA_EXCEEDED, null);
    JobChange waits =
        admit
            .before()
            .then(
                JobStatus.BLOCKED,
                "QUOTA_EXCEEDED: As many jobs are active on %s as may be."
                    .formatted(stored.job().systemId()))
            .blockedOn(blockage);
    JobStatus expected = stored.job().status();
    return afterOverlapping(
            leased,
            changes.changeLater(
                leased.lease(),
                quota,
                head ->
                    head.status() == expected
                        ? admit.before().and(admit.after()).dueAsBefore()
                        : JobChange.NONE.dueAsBefore(),
                head ->
                    head.status() == expected && !hasNewRequest(stored, head)
                        ? waits
                        : JobChange.NONE.dueAsBefore()))
        .thenApply(
            applied -> {
              if (applied.after().status() != JobStatus.BLOCKED) {
                return Next.goOn(applied.appliedTo(stored));
              }
              blocked(blockage);
              return Next.LET_GO;
            });
  }

  private CompletableFuture<Next> block(LeasedJob leased, PhaseResult.Block block) {
    Blockage blockage = recoverer.blockage(leased.job().job(), block.condition(), block.subject());
    JobChange change = JobChange.to(JobStatus.BLOCKED, block.condition() + ": " + block.message());
    return changed(
            leased,
            head ->
                // Somebody wants something else of it, which need not wait for that.
                hasNewRequest(leased.job(), head)
                    ? JobChange.NONE.dueAsBefore()
                    : change.blockedOn(blockage))
        .thenApply(
            applied -> {
              if (isStale(leased, applied)) {
                return Next.READ_AGAIN;
              }
              blocked(blockage);
              return Next.LET_GO;
            });
  }

  private void blocked(Blockage blockage) {
    metrics.count(EngineMetricNames.JOBS_BLOCKED, 1, "condition", blockage.condition().name());
    recoverer.blocked(blockage);
  }

  /** The job rests until {@code time}, unless someone has asked for something meanwhile. */
  private CompletableFuture<Next> rest(LeasedJob leased, JobChange change, @Nullable Instant time) {
    return changed(
            leased,
            head -> hasNewRequest(leased.job(), head) ? change.dueAsBefore() : change.dueAt(time))
        .thenApply(
            applied -> {
              if (isStale(leased, applied)) {
                return Next.READ_AGAIN;
              }
              if (time != null) {
                onTimer.accept(time);
              }
              return Next.LET_GO;
            });
  }

  private CompletableFuture<Next> handOver(LeasedJob leased, PhaseResult.HandOver handOver) {
    StoredJob stored = leased.job();
    RemoteStatus status = handOver.status();
    if (status.isOver()) {
      return over(leased, handOver);
    }
    Instant lookAgain = handOver.lookAgain();
    AtomicBoolean watched = new AtomicBoolean();
    boolean told = monitor.tells(handOver.system(), handOver.job());
    return changed(
            leased,
            head -> {
              // A wish to pause that was known before counts from here on.
              boolean pauses =
                  head.pauseRequestedBy() != null && stored.cancelRequestedBy() == null;
              boolean watch = !hasNewRequest(stored, head) && !pauses;
              watched.set(watch);
              return watch ? handOver.change().watched(lookAgain) : handOver.change().dueAsBefore();
            })
        .thenApply(
            applied -> {
              if (isStale(leased, applied) || !watched.get()) {
                return Next.READ_AGAIN;
              }
              monitor.watch(
                  handOver.system(),
                  leased.lease(),
                  handOver.job(),
                  status,
                  stored.activeStatus().isExecuting(),
                  told);
              if (lookAgain != null) {
                onTimer.accept(lookAgain);
              }
              return Next.LET_GO;
            });
  }

  private CompletableFuture<Next> over(LeasedJob leased, PhaseResult.HandOver handOver) {
    StoredJob stored = leased.job();
    Function<JobHead, JobChange> decision =
        head ->
            handOver
                .change()
                .and(RemoteEnd.of(stored, handOver.status(), head.cancelRequestedBy()))
                .dueAsBefore();
    JobChange expected =
        handOver.change().and(RemoteEnd.of(stored, handOver.status(), stored.cancelRequestedBy()));
    JobStatus next = expected.steps().get(expected.steps().size() - 1).status();
    // Copying what it made to the archive can be done again; the end is told when it is stored.
    return next.isTerminal() ? goOn(leased, decision) : goAhead(leased, expected, decision);
  }

  /** Whether what follows is the launch, before which wishes are heard once more. */
  private static boolean entersSubmitting(StoredJob stored, JobChange change) {
    return stored.job().status() != JobStatus.SUBMITTING
        && change.steps().stream().anyMatch(step -> step.status() == JobStatus.SUBMITTING);
  }

  /** Whether someone has asked for something that the worker did not know of. */
  private static boolean hasNewRequest(StoredJob stored, JobHead head) {
    return (stored.cancelRequestedBy() == null && head.cancelRequestedBy() != null)
        || (stored.pauseRequestedBy() == null) != (head.pauseRequestedBy() == null);
  }

  /**
   * Stores a decision, and goes on with what is expected of it meanwhile. If it turns out
   * otherwise, the next decision that is waited for finds that, and fails as this one did.
   */
  private CompletableFuture<Next> goAhead(
      LeasedJob leased, JobChange expected, Function<JobHead, JobChange> decision) {
    StoredJob stored = leased.job();
    inFlight
        .of(leased.lease())
        .overlapping()
        .set(
            changed(leased, decision)
                .thenApply(
                    applied -> {
                      if (applied.after().status().isTerminal()) {
                        recoverer.ended(stored.job());
                      }
                      return applied;
                    }));
    return CompletableFuture.completedFuture(
        Next.goAhead(Applied.expected(stored, expected, clock.instant())));
  }

  /** Stores a decision; the worker keeps the job unless it is over. */
  private CompletableFuture<Next> goOn(LeasedJob leased, Function<JobHead, JobChange> decision) {
    return changed(leased, decision)
        .thenApply(
            applied -> {
              if (!applied.after().status().isTerminal()) {
                return Next.goOn(applied.appliedTo(leased.job()));
              }
              recoverer.ended(leased.job().job());
              return Next.LET_GO;
            });
  }

  /** Whether the job had gone on without this worker, or someone has asked for something. */
  private static boolean isStale(LeasedJob leased, Applied applied) {
    return applied.before().status() != leased.job().job().status()
        || hasNewRequest(leased.job(), applied.before());
  }

  /** Stores a decision, unless the job has gone on without this worker. */
  private CompletableFuture<Applied> changed(
      LeasedJob leased, Function<JobHead, JobChange> decision) {
    JobStatus expected = leased.job().job().status();
    return afterOverlapping(
            leased,
            changes.changeLater(
                leased.lease(),
                head ->
                    head.status() == expected
                        ? decision.apply(head)
                        : JobChange.NONE.dueAsBefore()))
        .thenApply(
            applied -> {
              if (applied.passes()) {
                // Others that wait for the same may follow.
                recoverer.wake();
              }
              return applied;
            });
  }

  /** Fails also if a change before, for which nobody has waited, has failed. */
  private CompletableFuture<Applied> afterOverlapping(
      LeasedJob leased, CompletableFuture<Applied> change) {
    CompletableFuture<Applied> before = inFlight.of(leased.lease()).overlapping().getAndSet(null);
    return before == null ? change : before.thenCompose(applied -> change);
  }

  private static String message(RuntimeException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
