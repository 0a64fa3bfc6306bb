package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import java.util.List;

/** A new job to store. */
final class Insertion extends PendingWrite<Lease> {
  private final Job job;
  private final String request;
  private final String workerPool;
  private final boolean leased;

  /**
   * A new job.
   *
   * @param request what the user asked for, as JSON
   * @param workerPool whose workers serve it
   * @param leased whether this engine works on it at once
   */
  Insertion(Job job, String request, String workerPool, boolean leased) {
    this.job = job;
    this.request = request;
    this.workerPool = workerPool;
    this.leased = leased;
  }

  Job newJob() {
    return job;
  }

  String request() {
    return request;
  }

  String workerPool() {
    return workerPool;
  }

  boolean isLeased() {
    return leased;
  }

  private JobChange.Step step() {
    return new JobChange.Step(job.status(), job.lastStatusMessage(), null, null);
  }

  /** What is to be told of it. */
  JobEvent event() {
    return new JobEvent(
        job.id(),
        job.tenantId(),
        job.owner(),
        job.appId(),
        job.systemId(),
        null,
        job.status(),
        List.of(step().event(1, job.accepted())),
        job.accepted(),
        null);
  }
}
