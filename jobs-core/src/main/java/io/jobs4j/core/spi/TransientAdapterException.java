package io.jobs4j.core.spi;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/** What failed may succeed later without anyone changing the job. It blocks the job. */
public final class TransientAdapterException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final RecoveryCondition condition;

  public TransientAdapterException(
      RecoveryCondition condition, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.condition = condition;
  }

  /** What has to clear first. */
  public RecoveryCondition condition() {
    return condition;
  }
}
