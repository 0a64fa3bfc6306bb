package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;

/** The job had not ended when the caller would wait no longer. It goes on. */
public final class JobTimeoutException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;

  public JobTimeoutException(String jobId, String state) {
    super("Job %s has not ended in time; it is %s.".formatted(jobId, state));
    this.jobId = jobId;
  }

  /** The job. */
  public String jobId() {
    return jobId;
  }
}
