package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredText;
import io.jobs4j.sdk.internal.job.Waiting;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Recoveries;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks from time to time whether what blocks jobs has cleared, once for all jobs that wait for the
 * same, and lets them go on then, some at a time. Jobs that have waited for long enough fail. The
 * first look is when it starts.
 *
 * <p>Any engine may look; the database sees to it that one does at a time.
 */
final class Recoverer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Recoverer.class);

  /**
   * How many jobs go on at once; the others follow if these have not shown that it is too early.
   */
  private static final int BATCH = 10;

  /**
   * After which one more job goes on where nothing but a job can show whether the condition has
   * cleared, and none of those before has shown anything.
   */
  private static final Duration BETWEEN_TRIALS = Duration.ofSeconds(5);

  private static final Duration SAFETY_INTERVAL = Duration.ofSeconds(30);

  /** How long others leave it to an engine to look at something. */
  private static final Duration PROBE_LIMIT = Duration.ofMinutes(2);

  private static final int AT_ONCE = 100;

  /** What is still due after a look is locked by somebody. */
  private static final Duration LEAST_REST = Duration.ofMillis(100);

  private final JobChanges changes;
  private final Recoveries recoveries;
  private final InstantSource clock;
  private final Probes probes;
  private final Quotas quotas;
  private final RecoveryPolicies policies;
  private final ExecutorService pool;
  private final Runnable onReady;
  private final Loop loop;

  /** Systems on which a job has ended that counted against a limit. */
  private final Set<String> freed = ConcurrentHashMap.newKeySet();

  /** Whether what former engines left was let go on; the loop's alone. */
  private boolean started;

  /**
   * A recoverer that does not run yet.
   *
   * @param pool runs the probes
   * @param onReady is told when jobs have become ready
   */
  Recoverer(
      Store store,
      Probes probes,
      Quotas quotas,
      RecoveryPolicies policies,
      ExecutorService pool,
      Runnable onReady) {
    this.changes = store.changes();
    this.recoveries = store.recoveries();
    this.clock = store.clock();
    this.probes = probes;
    this.quotas = quotas;
    this.policies = policies;
    this.pool = pool;
    this.onReady = onReady;
    this.loop = new Loop("recovery", "What blocks jobs could not be looked at", this::look);
  }

  void start() {
    loop.start();
  }

  /** What a job waits for. */
  Blockage blockage(Job job, RecoveryCondition condition, @Nullable String subject) {
    return new Blockage(
        job.tenantId(),
        condition,
        subject == null ? job.systemId() : StoredText.of(subject, StoredText.ID_LIMIT),
        policies.of(condition));
  }

  /** Says that a job has been blocked. */
  void blocked(Blockage blockage) {
    loop.wakeWithin(blockage.policy().waitBefore(1));
  }

  /** Says that a job is over, which may have counted against a limit. */
  void ended(Job job) {
    if (!quotas.isLimited(job.systemId())) {
      return;
    }
    freed.add(job.systemId());
    loop.wake();
  }

  /** Looks at the clock and the database again. */
  void wake() {
    loop.wake();
  }

  private Duration look() {
    if (!started) {
      if (recoveries.releaseOrphans() > 0) {
        onReady.run();
      }
      // What troubled a former engine may be over, and nobody starts one in order to wait.
      int unused = recoveries.hastenAll();
      started = true;
    }
    for (String system : List.copyOf(freed)) {
      // First, lest one that is freed meanwhile is forgotten.
      freed.remove(system);
      hasten(system);
    }
    List<Recovery> due;
    do {
      due = recoveries.takeDue(PROBE_LIMIT, AT_ONCE);
      for (Recovery recovery : due) {
        try {
          pool.execute(() -> lookAt(recovery));
        } catch (RejectedExecutionException e) {
          // The engine is closing; another looks when its time is over.
          return SAFETY_INTERVAL;
        }
      }
    } while (due.size() == AT_ONCE);
    return recoveries
        .next()
        .map(next -> longer(Duration.between(clock.instant(), next), LEAST_REST))
        .filter(rest -> rest.compareTo(SAFETY_INTERVAL) < 0)
        .orElse(SAFETY_INTERVAL);
  }

  private void hasten(String system) {
    try {
      int unused = recoveries.hasten(RecoveryCondition.QUOTA_EXCEEDED, system);
    } catch (RuntimeException | Error e) {
      freed.add(system);
      throw e;
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void lookAt(Recovery recovery) {
    try {
      if (recovery.condition() == RecoveryCondition.JOB_NOT_VISIBLE) {
        lookForJobs(recovery);
        wake();
        return;
      }
      boolean cleared;
      try {
        cleared = recovery.passed() || probes.hasCleared(recovery);
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        // It says nothing of the jobs.
        log.error("{} on {} could not be probed", recovery.condition(), recovery.subject(), e);
        cleared = false;
      }
      RecoveryPolicy policy = policies.of(recovery.condition());
      if (cleared) {
        // Also those that were let go on before, however often, and did not get any further.
        recoveries.expired(recovery, policy).forEach(job -> fail(recovery, policy, job));
        if (release(recovery) > 0) {
          onReady.run();
        }
      } else {
        recoveries.failed(recovery, policy).forEach(job -> fail(recovery, policy, job));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (JobsException e) {
      log.warn(
          "{} on {} could not be looked at: {}",
          recovery.condition(),
          recovery.subject(),
          e.getMessage());
    } catch (RuntimeException e) {
      // Of a catalog for instance.
      log.error("{} on {} could not be looked at", recovery.condition(), recovery.subject(), e);
    }
    wake();
  }

  /** Lets go on what can be seen; the others wait on, and nothing is said of the look at them. */
  private void lookForJobs(Recovery recovery) throws InterruptedException {
    RecoveryPolicy policy = policies.of(recovery.condition());
    List<String> visible = probes.visible(recovery);
    if (visible.isEmpty()) {
      recoveries.failed(recovery, policy).forEach(job -> fail(recovery, policy, job));
    } else if (recoveries.release(recovery, visible, policy.waitBefore(recovery.attempt() + 1))
        > 0) {
      onReady.run();
    }
  }

  private int release(Recovery recovery) {
    return switch (recovery.condition()) {
      case QUOTA_EXCEEDED -> releaseWithinLimits(recovery);
      case STORAGE_NOT_WRITABLE, TRANSMISSION_FAILURE ->
          recoveries.releaseTrials(recovery, BETWEEN_TRIALS);
      default -> recoveries.release(recovery, BATCH, Duration.ZERO);
    };
  }

  private int releaseWithinLimits(Recovery recovery) {
    RecoveryPolicy policy = policies.of(recovery.condition());
    Quota.SystemKey system = quotas.system(recovery.tenantId(), recovery.subject());
    // Here, and not within the transaction, because a catalog may take its time. A job that begins
    // to wait after this is for the next round.
    Map<Waiting, Quota> limits = new HashMap<>();
    for (Waiting job : recoveries.waiting(recovery)) {
      limits.put(job, quotas.orNone(job));
    }
    int released =
        recoveries.releaseWithin(
            recovery, system, limits, BATCH, policy.waitBefore(recovery.attempt() + 1));
    if (released == BATCH) {
      // There may be room for more.
      recoveries.hasten(RecoveryCondition.QUOTA_EXCEEDED, recovery.subject());
    } else if (released == 0) {
      recoveries.failed(recovery, policy).forEach(job -> fail(recovery, policy, job));
    }
    return released;
  }

  private void fail(Recovery recovery, RecoveryPolicy policy, Expired job) {
    String why =
        job.outOfTries()
            ? "%s attempts were made".formatted(job.attempts())
            : "it was blocked for %s".formatted(policy.maxElapsed());
    String message =
        "The job waited for %s on %s to clear and was given up, because %s."
            .formatted(recovery.condition(), recovery.subject(), why);
    CompletableFuture<?> unused =
        changes
            .changeLater(
                job.uuid(),
                head ->
                    head.status() == JobStatus.BLOCKED && head.cancelRequestedBy() == null
                        ? JobChange.to(JobStatus.FAILED, message)
                            .conditionCode(ConditionCode.JOB_RECOVERY_TIMEOUT)
                        : JobChange.NONE.dueAsBefore())
            .whenComplete(
                (head, error) -> {
                  if (error != null) {
                    log.warn("Job {} could not be given up yet", job.uuid(), error);
                  }
                });
  }

  /** Stops what can be stopped without waiting for it; {@link #close} must follow. */
  void stop() {
    loop.stop();
    pool.shutdownNow();
  }

  /** Looks at nothing more and waits for the probes under way. */
  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** As {@link #close()}, until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline, pool);
  }
}
