package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/** The job is another user's, or a list is of other users' jobs. */
public final class JobPermissionException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String jobId;

  /** The user may not do that with the job. */
  public JobPermissionException(String jobId, String user, String action) {
    super(
        "Requestor %s is not authorized to apply %s action to job %s."
            .formatted(user, action, jobId));
    this.jobId = jobId;
  }

  /** The user may not list the jobs of others. */
  public JobPermissionException(String user) {
    super(
        "Requestor %s is not authorized to list the jobs of other users; only administrators are."
            .formatted(user));
    this.jobId = null;
  }

  /** The job; {@code null} if it was about a list. */
  public @Nullable String jobId() {
    return jobId;
  }
}
