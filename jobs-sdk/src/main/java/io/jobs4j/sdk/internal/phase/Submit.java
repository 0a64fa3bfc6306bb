package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredText;
import io.jobs4j.sdk.internal.launch.JobVariables;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Gives the job to its scheduler. The attempt was stored when the job became {@code SUBMITTING},
 * and the scheduler launches an attempt once however often it is asked, so an engine that died here
 * is followed by one that finds what was launched. Files are not forced to the disk before launch:
 * an engine that finds the job here puts in place again what a power failure may have taken.
 *
 * <p>An engine that stands still here for longer than its lease may go on after another has
 * launched the attempt, seen its end and deleted the work directory with the scheduler's record of
 * it. Files that it had put in place by then are gone too, so its launch finds no script. Files
 * that it puts in place again are followed by a look at its lease, which the other took before it
 * deleted anything. What is left open is an engine that wakes up within the other's deletion.
 */
public final class Submit implements Phase {
  /** How much of an id that is refused is shown. */
  private static final int SHOWN = 300;

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    Job job = context.job();
    ExecutionSystem system = context.system();
    WorkDirectory directory = context.workDirectory();
    LaunchSpec spec =
        LaunchSpec.builder(context.attempt())
            .name(directory.slug())
            .script(directory.script())
            .output(directory.output())
            .error(directory.error())
            .nodeCount(job.nodeCount())
            .processorsPerNode(job.processorsPerNode())
            .memoryPerNode(job.memoryPerNode() > 0 ? new Memory(job.memoryPerNode()) : null)
            .maxRunTime(job.maxRunTime())
            .queue(queue(system, job.remoteQueue()))
            .environment(JobVariables.of(job, system, context.attempt().workPath()))
            .build();
    RemoteScheduler scheduler = context.systems().scheduler(system);
    if (!context.staged() && scheduler.find(context.attempt()).isEmpty()) {
      StageInputs.stage(context);
      StageJob.stage(context);
      context.leaseCheck().run();
    }
    context.fence().requireHeld();
    Submission submission = scheduler.submit(spec);
    if (!StoredText.isId(submission.job().remoteJobId())) {
      throw refused(scheduler, system, submission.job());
    }
    JobChange change =
        JobChange.to(JobStatus.QUEUED, queuedMessage(submission.status()))
            .remoteJobId(submission.job().remoteJobId())
            .remoteReason(submission.status().isOver() ? "" : submission.status().reason());
    switch (submission.status().state()) {
      case QUEUED -> {}
      case RUNNING, ENDED, LOST, UNSEEN ->
          change =
              change
                  .then(JobStatus.RUNNING, JobStatus.RUNNING.description())
                  .remoteStarted(submission.status().started());
    }
    return new PhaseResult.HandOver(change, system, submission.job(), submission.status(), null);
  }

  /**
   * An id that cannot be kept is the adapter's mistake. The job fails and says so; what was
   * launched is asked to end, because nobody could follow it, and the same attempt would be given
   * the same id again.
   */
  private static PermanentAdapterException refused(
      RemoteScheduler scheduler, ExecutionSystem system, RemoteJob job)
      throws InterruptedException {
    String asked = "It was asked to end the job.";
    try {
      scheduler.cancel(job);
    } catch (PermanentAdapterException e) {
      asked =
          Sentences.of(
              "The job runs on, because it could not be asked to end it: " + e.getMessage());
    }
    return new PermanentAdapterException(
        ConditionCode.JOB_LAUNCH_FAILURE,
        ("The scheduler %s of %s launched the job and gave it the id \"%s\"; an id must have 1 to"
                + " %s characters and no control characters. %s")
            .formatted(
                system.scheduler(),
                system.id(),
                StoredText.of(job.remoteJobId(), SHOWN).replaceAll("\\p{Cntrl}", "\uFFFD"),
                StoredText.ID_LIMIT,
                asked));
  }

  private static String queuedMessage(RemoteStatus status) {
    boolean says = status.state() == RemoteStatus.State.QUEUED && !status.reason().isBlank();
    return says ? status.reason() : JobStatus.QUEUED.description();
  }

  private static @Nullable BatchQueue queue(ExecutionSystem system, @Nullable String name) {
    return system.queues().stream()
        .filter(queue -> queue.name().equals(name))
        .findFirst()
        .orElse(null);
  }
}
