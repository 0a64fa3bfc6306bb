package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import io.jobs4j.sdk.internal.phase.RemoteEnd;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores what phases make of jobs, and does what follows once that is stored: has jobs watched,
 * their timers set, and those that wait for the same wake.
 *
 * <p>A worker's thread hands in a result and does not wait for it. What follows is done by the
 * thread that writes to the database, or by the worker's if it is stored already, so that nothing
 * here asks an adapter then. Safe for use by several threads.
 */
final class ResultRecorder {
  private final JobChanges changes;
  private final InstantSource clock;
  private final Monitor monitor;
  private final Recoverer recoverer;
  private final Quotas quotas;
  private final Consumer<Instant> onTimer;
  private final EngineMetrics metrics;
  private final InFlightJobs inFlight;

  /**
   * A recorder.
   *
   * @param onTimer is told when a job is to be looked at again
   * @param metrics which do not throw
   */
  ResultRecorder(
      Store store,
      Monitor monitor,
      Recoverer recoverer,
      Quotas quotas,
      Consumer<Instant> onTimer,
      EngineMetrics metrics,
      InFlightJobs inFlight) {
    this.changes = store.changes();
    this.clock = store.clock();
    this.monitor = monitor;
    this.recoverer = recoverer;
    this.quotas = quotas;
    this.onTimer = onTimer;
    this.metrics = metrics;
    this.inFlight = inFlight;
  }

  /** Stores what a phase made of a job; completes when that is stored, with what follows. */
  CompletableFuture<Next> store(LeasedJob leased, PhaseResult result) {
    return result.accept(new Recording(leased));
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

  /** Stores the result of a phase of one job. */
  private final class Recording implements PhaseResult.Visitor<CompletableFuture<Next>> {
    private final LeasedJob leased;

    Recording(LeasedJob leased) {
      this.leased = leased;
    }

    @Override
    public CompletableFuture<Next> advance(PhaseResult.Advance advance) {
      boolean launches = entersSubmitting(leased.job(), advance.change());
      return goOn(
          leased,
          head ->
              launches && hasNewRequest(leased.job(), head)
                  ? JobChange.NONE.dueAsBefore()
                  : advance.change().dueAsBefore());
    }

    @Override
    public CompletableFuture<Next> overlap(PhaseResult.Overlap overlap) {
      return goAhead(leased, overlap.change(), head -> overlap.change().dueAsBefore());
    }

    @Override
    public CompletableFuture<Next> admit(PhaseResult.Admit admit) {
      return ResultRecorder.this.admit(leased, admit);
    }

    @Override
    public CompletableFuture<Next> handOver(PhaseResult.HandOver handOver) {
      return ResultRecorder.this.handOver(leased, handOver);
    }

    @Override
    public CompletableFuture<Next> waitUntil(PhaseResult.WaitUntil wait) {
      return rest(leased, wait.change(), wait.time());
    }

    @Override
    public CompletableFuture<Next> block(PhaseResult.Block block) {
      return ResultRecorder.this.block(leased, block);
    }

    @Override
    public CompletableFuture<Next> fail(PhaseResult.Fail fail) {
      return goOn(
          leased,
          head ->
              JobChange.to(JobStatus.FAILED, fail.message())
                  .conditionCode(fail.code())
                  .dueAsBefore());
    }
  }
}
