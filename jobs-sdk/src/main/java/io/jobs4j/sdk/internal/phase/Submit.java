package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.sdk.internal.launch.JobVariables;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.store.JobChange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Gives the job to its scheduler. The attempt was stored when the job became {@code SUBMITTING},
 * and the scheduler launches an attempt once however often it is asked, so an engine that died here
 * is followed by one that finds what was launched. Files are not forced to the disk before launch:
 * an engine that finds the job here puts in place again what a power failure may have taken.
 */
public final class Submit implements Phase {
  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    JobRecord job = context.job();
    ExecutionSystem system = context.system();
    WorkDirectory directory = context.workDirectory();
    LaunchSpec spec =
        new LaunchSpec(
            context.attempt(),
            directory.slug(),
            directory.script(),
            directory.output(),
            directory.error(),
            job.nodeCount(),
            job.processorsPerNode(),
            job.memoryPerNode(),
            Duration.ofSeconds(Math.round(job.maxHours() * 3600)),
            queue(system, job.remoteQueue()),
            JobVariables.of(job, system, context.attempt().workPath()));
    RemoteScheduler scheduler = context.systems().scheduler(system);
    if (!context.staged() && scheduler.find(context.attempt()).isEmpty()) {
      StageInputs.stage(context);
      StageJob.stage(context);
    }
    Submission submission = scheduler.submit(spec);
    JobChange change =
        JobChange.to(JobStatus.QUEUED, JobStatus.QUEUED.description())
            .remoteJobId(submission.job().remoteJobId());
    switch (submission.status().state()) {
      case QUEUED -> {}
      case RUNNING, ENDED, LOST ->
          change =
              change
                  .then(JobStatus.RUNNING, JobStatus.RUNNING.description())
                  .remoteStarted(submission.status().started());
    }
    return new PhaseResult.HandOver(change, system, submission.job(), submission.status(), null);
  }

  private static @Nullable BatchQueue queue(ExecutionSystem system, @Nullable String name) {
    return system.queues().stream()
        .filter(queue -> queue.name().equals(name))
        .findFirst()
        .orElse(null);
  }
}
