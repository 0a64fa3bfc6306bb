package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;

/** The job is another user's. */
public final class JobPermissionException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;

  public JobPermissionException(String jobId, String user, String action) {
    super(
        "Requestor %s is not authorized to apply %s action to job %s."
            .formatted(user, action, jobId));
    this.jobId = jobId;
  }

  /** The job. */
  public String jobId() {
    return jobId;
  }
}
