package io.jobs4j.core.lifecycle;

import io.jobs4j.core.JobsException;

/** A change of state that {@link JobTransitions} does not allow. Nothing was changed. */
public final class IllegalTransitionException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;
  private final JobStatus from;
  private final JobStatus to;

  public IllegalTransitionException(String jobId, JobStatus from, JobStatus to) {
    super("Job %s attempted an illegal state transition from %s to %s.".formatted(jobId, from, to));
    this.jobId = jobId;
    this.from = from;
    this.to = to;
  }

  /** UUID of the job. */
  public String jobId() {
    return jobId;
  }

  /** The stored state. */
  public JobStatus from() {
    return from;
  }

  /** The refused state. */
  public JobStatus to() {
    return to;
  }
}
