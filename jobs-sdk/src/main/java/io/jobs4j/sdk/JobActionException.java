package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;

/** The job is in a state in which the action makes no sense. Nothing was changed. */
public final class JobActionException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;
  private final JobStatus status;

  public JobActionException(String jobId, JobStatus status, String message) {
    super(message);
    this.jobId = jobId;
    this.status = status;
  }

  /** The job. */
  public String jobId() {
    return jobId;
  }

  /** The state it was in. */
  public JobStatus status() {
    return status;
  }
}
