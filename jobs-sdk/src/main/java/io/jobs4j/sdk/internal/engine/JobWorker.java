package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.phase.Admit;
import io.jobs4j.sdk.internal.phase.Archive;
import io.jobs4j.sdk.internal.phase.BeginInputs;
import io.jobs4j.sdk.internal.phase.BeginJobStaging;
import io.jobs4j.sdk.internal.phase.Cancel;
import io.jobs4j.sdk.internal.phase.CleanUp;
import io.jobs4j.sdk.internal.phase.Phase;
import io.jobs4j.sdk.internal.phase.PhaseContext;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import io.jobs4j.sdk.internal.phase.ProcessInputs;
import io.jobs4j.sdk.internal.phase.StageInputs;
import io.jobs4j.sdk.internal.phase.StageJob;
import io.jobs4j.sdk.internal.phase.Submit;
import io.jobs4j.sdk.internal.phase.Watch;
import io.jobs4j.sdk.internal.store.DueJob;
import io.jobs4j.sdk.internal.store.JobChange;
import io.jobs4j.sdk.internal.store.JobHead;
import io.jobs4j.sdk.internal.store.JobStore;
import io.jobs4j.sdk.internal.store.StoredJob;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one job through its phases for as long as it is due, and stores what each phase says is
 * next. A phase that fails for reasons outside the job leaves the job as it was, to be taken up
 * again; nothing is decided without the database.
 */
final class JobWorker {
  private static final Logger log = LoggerFactory.getLogger(JobWorker.class);

  /** How long a blocked job waits until what failed is tried again. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(60);

  /** How long until the systems that a cancel concerns are asked again. */
  private static final Duration CANCEL_AGAIN = Duration.ofSeconds(10);

  /** How long a worker keeps a job for which the database failed, lest it be tried all the time. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final JobStore store;
  private final Monitor monitor;
  private final Adapters adapters;
  private final Transfers transfers;
  private final EngineSettings settings;
  private final Map<JobStatus, Phase> phases = new EnumMap<>(JobStatus.class);
  private final Phase cancel = new Cancel();

  private final CountDownLatch closing = new CountDownLatch(1);

  /** For each job that a worker has, whether a cancel came since it was last read. */
  private final Map<String, AtomicBoolean> cancelled = new ConcurrentHashMap<>();

  JobWorker(
      JobStore store,
      Monitor monitor,
      Adapters adapters,
      Transfers transfers,
      EngineSettings settings) {
    this.store = store;
    this.monitor = monitor;
    this.adapters = adapters;
    this.transfers = transfers;
    this.settings = settings;
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
    AtomicBoolean news = cancelled.get(uuid);
    if (news != null) {
      news.set(true);
    }
  }

  /** Watches a job that its scheduler has. */
  void watch(StoredJob stored) {
    PhaseContext context = context(stored);
    ExecutionSystem system = context.system();
    monitor.watch(system, stored.job(), context.remoteJob(), RemoteStatus.queued(""));
  }

  /** Lets no worker linger any more. */
  void close() {
    closing.countDown();
  }

  private void pause() {
    try {
      closing.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Works on a job until nothing is due for it, or the thread is interrupted. */
  void work(DueJob due) {
    String uuid = due.uuid();
    AtomicBoolean cancel = new AtomicBoolean();
    cancelled.put(uuid, cancel);
    try {
      boolean more = true;
      while (more && !stopping()) {
        cancel.set(false);
        Optional<StoredJob> stored = store.load(uuid);
        more = stored.isPresent() && step(stored.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreException e) {
      log.warn("Job {} stays as it is, because the database failed", uuid, e);
      pause();
    } catch (RuntimeException | Error e) {
      log.error("Job {} stays as it is, because of an error in jobs4j", uuid, e);
      pause();
    } finally {
      cancelled.remove(uuid);
    }
  }

  /** Whether what goes wrong now may go wrong only because the engine is closing. */
  private boolean stopping() {
    return closing.getCount() == 0 || Thread.currentThread().isInterrupted();
  }

  /** Does what is due for the job; returns whether more may be. */
  private boolean step(StoredJob stored) throws InterruptedException {
    JobStatus status = stored.job().status();
    if (status.isTerminal()) {
      return false;
    }
    boolean cancels = stored.cancelRequestedBy() != null && status.isVisible();
    if (status == JobStatus.BLOCKED && !cancels) {
      return change(stored, head -> JobChange.to(head.activeStatus(), "Trying again."));
    }
    Phase phase = cancels ? cancel : phases.get(status);
    if (phase == null) {
      // It waits for a person.
      change(stored, head -> JobChange.NONE.dueAt(null));
      return false;
    }
    try {
      return store(stored, phase.run(context(stored)));
    } catch (CancellationException e) {
      return true;
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // What fails while the engine closes says nothing of the job.
      return !stopping() && store(stored, failed(stored, e, cancels));
    }
  }

  private PhaseResult failed(StoredJob stored, Throwable error, boolean cancels) {
    String uuid = stored.job().uuid();
    if (error instanceof TransientAdapterException e) {
      log.info("Job {} waits for {}: {}", uuid, e.condition(), e.getMessage());
      if (cancels) {
        return lookAgain(CANCEL_AGAIN);
      }
      return stored.job().status().isExecuting()
          ? lookAgain(TRY_AGAIN)
          : new PhaseResult.Block(e.condition(), message(e));
    }
    if (error instanceof PermanentAdapterException e) {
      log.info("Job {} fails with {}: {}", uuid, e.code(), e.getMessage());
      return new PhaseResult.Fail(e.code(), message(e));
    }
    log.error("Job {} fails because of an error in jobs4j or an adapter", uuid, error);
    return new PhaseResult.Fail(
        ConditionCode.JOB_INTERNAL_ERROR, "The job failed because of an internal error: " + error);
  }

  private PhaseContext context(StoredJob stored) {
    AtomicBoolean cancel = cancelled.getOrDefault(stored.job().uuid(), new AtomicBoolean());
    return new PhaseContext(
        stored,
        settings.catalog(),
        adapters,
        transfers,
        settings.workDirectories(),
        settings.validation().inputSchemes(),
        settings.clock(),
        () -> cancel.get() || Thread.currentThread().isInterrupted(),
        step -> report(stored, step));
  }

  /** Stores a history entry while a phase goes on; whether that works out decides nothing. */
  private void report(StoredJob stored, JobChange.Step step) {
    Future<?> unused =
        store
            .changeLater(
                stored.job().uuid(),
                head ->
                    head.status() == step.status()
                        ? JobChange.NONE.then(step).dueAsBefore()
                        : JobChange.NONE.dueAsBefore())
            .whenComplete(
                (head, error) -> {
                  if (error != null) {
                    log.warn("Progress of job {} could not be stored", stored.job().uuid(), error);
                  }
                });
  }

  /** The job stays in its state: what its scheduler does with it goes on meanwhile. */
  private PhaseResult lookAgain(Duration after) {
    return new PhaseResult.WaitUntil(store.now().plus(after), JobChange.NONE);
  }

  private boolean store(StoredJob stored, PhaseResult result) {
    if (result instanceof PhaseResult.Advance advance) {
      return change(stored, head -> advance.change());
    } else if (result instanceof PhaseResult.HandOver handOver) {
      handOver(stored, handOver);
      return false;
    } else if (result instanceof PhaseResult.WaitUntil wait) {
      change(stored, head -> wait.change().dueAt(wait.time()));
      return false;
    } else if (result instanceof PhaseResult.Block block) {
      String message =
          "%s: %s Next attempt in %d seconds."
              .formatted(block.condition(), block.message(), TRY_AGAIN.toSeconds());
      change(
          stored,
          head ->
              JobChange.to(JobStatus.BLOCKED, message)
                  .dueAt(
                      head.cancelRequestedBy() == null
                          ? store.now().plus(TRY_AGAIN)
                          : store.now()));
      return false;
    }
    PhaseResult.Fail fail = (PhaseResult.Fail) result;
    return change(
        stored, head -> JobChange.to(JobStatus.FAILED, fail.message()).conditionCode(fail.code()));
  }

  private void handOver(StoredJob stored, PhaseResult.HandOver handOver) {
    boolean watch = true;
    try {
      JobHead after =
          changed(stored, head -> handOver.change().dueAt(lookAgain(stored, head, handOver)));
      watch = after.status().isExecuting();
    } finally {
      // Also if the database failed: the change may have been made all the same, and then nothing
      // but the monitor would ever look at the job again.
      if (watch) {
        monitor.watch(handOver.system(), stored.job(), handOver.job(), handOver.status());
      }
    }
  }

  /** A cancel that came while the job was being handed over makes it due again at once. */
  private @Nullable Instant lookAgain(
      StoredJob stored, JobHead head, PhaseResult.HandOver handOver) {
    boolean news = stored.cancelRequestedBy() == null && head.cancelRequestedBy() != null;
    return news ? store.now() : handOver.lookAgain();
  }

  /** Stores a decision and returns whether more may be due. */
  private boolean change(StoredJob stored, Function<JobHead, JobChange> decision) {
    JobHead after = changed(stored, decision);
    return !after.status().isTerminal() && !after.status().isExecuting();
  }

  /** Stores a decision, unless the job has gone on without this worker; returns how it is now. */
  private JobHead changed(StoredJob stored, Function<JobHead, JobChange> decision) {
    JobStatus expected = stored.job().status();
    return store.change(
        stored.job().uuid(),
        head -> head.status() == expected ? decision.apply(head) : JobChange.NONE.dueAsBefore());
  }

  private static String message(RuntimeException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
