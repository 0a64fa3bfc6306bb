package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import org.jspecify.annotations.Nullable;

/** The job had not ended when the caller would wait no longer. It goes on. */
public final class JobTimeoutException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;
  private final JobStatus status;
  private final @Nullable String lastStatusMessage;

  /**
   * A job that has not ended.
   *
   * @param lastStatusMessage what was last said of it; {@code null} if nothing was
   */
  public JobTimeoutException(String jobId, JobStatus status, @Nullable String lastStatusMessage) {
    super(
        "Job %s has not ended in time; it is %s%s"
            .formatted(
                jobId, status, lastStatusMessage == null ? "." : " (" + lastStatusMessage + ")."));
    this.jobId = jobId;
    this.status = status;
    this.lastStatusMessage = lastStatusMessage;
  }

  /** The job. */
  public String jobId() {
    return jobId;
  }

  /** The state it was in. */
  public JobStatus status() {
    return status;
  }

  /** What was last said of it; {@code null} if nothing was. */
  public @Nullable String lastStatusMessage() {
    return lastStatusMessage;
  }
}
