package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;

/** No job with that id exists for the caller. */
public final class JobNotFoundException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;

  public JobNotFoundException(String jobId) {
    super("No job found with job id " + jobId + ".");
    this.jobId = jobId;
  }

  /** What was asked for. */
  public String jobId() {
    return jobId;
  }
}
