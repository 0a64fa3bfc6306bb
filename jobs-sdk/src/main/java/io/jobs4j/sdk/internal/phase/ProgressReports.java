package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.sdk.internal.job.JobChange;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Turns the progress of a transfer into history entries, few enough that a history stays short: the
 * first after some seconds, and each next one after twice the time.
 */
final class ProgressReports implements Consumer<TransferProgress> {
  private static final Duration FIRST = Duration.ofSeconds(5);

  private final JobStatus status;
  private final PhaseContext context;
  private Duration wait = FIRST;
  private Instant next;

  ProgressReports(JobStatus status, PhaseContext context) {
    this.status = status;
    this.context = context;
    this.next = context.clock().instant().plus(FIRST);
  }

  @Override
  public void accept(TransferProgress progress) {
    if (!context.clock().instant().isBefore(next)) {
      wait = wait.multipliedBy(2);
      next = next.plus(wait);
      context.reports().accept(new JobChange.Step(status, "Copy in progress", null, progress));
    }
  }
}
