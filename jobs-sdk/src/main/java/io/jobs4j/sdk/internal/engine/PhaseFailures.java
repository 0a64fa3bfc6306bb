package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows for a job from the failure of a phase: it fails, is blocked on a condition, or is
 * tried again, more and more rarely. Safe for use by several threads; the worker that ran the phase
 * calls it.
 */
final class PhaseFailures {
  private static final Logger log = LoggerFactory.getLogger(PhaseFailures.class);

  /** How long until a job is looked at again that could not be while its scheduler has it. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(60);

  /** How long until the systems that a cancel concerns are asked again. */
  private static final Duration CANCEL_AGAIN = Duration.ofSeconds(10);

  /** How long until a job is tried again for which the JVM had not enough memory or the like. */
  private static final Duration JVM_AGAIN = Duration.ofSeconds(1);

  /** How often it is tried again. */
  private static final int JVM_TRIES = 6;

  private final InstantSource clock;
  private final Backoff backoff = new Backoff();

  PhaseFailures(InstantSource clock) {
    this.clock = clock;
  }

  /** Notes that a phase of a job went well. */
  void clear(String uuid) {
    backoff.clear(uuid);
  }

  /**
   * What follows from a failure.
   *
   * @param error what a phase threw
   * @param cancels whether the phase was to cancel the job
   */
  PhaseResult of(StoredJob stored, Throwable error, boolean cancels) {
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

  /** The job stays in its state: what its scheduler does with it goes on meanwhile. */
  private PhaseResult lookAgain(Duration after) {
    return new PhaseResult.WaitUntil(clock.instant().plus(after), JobChange.NONE);
  }

  private static String message(RuntimeException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
