package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/** The output that was asked for is not there, or may not be read. */
public final class OutputException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final String jobId;
  private final String path;

  public OutputException(String jobId, String path, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.jobId = jobId;
    this.path = path;
  }

  /** The job. */
  public String jobId() {
    return jobId;
  }

  /** The path that was asked for. */
  public String path() {
    return path;
  }
}
