package io.jobs4j.core.spi;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/** What failed may succeed later without anyone changing the job. It blocks the job. */
public final class TransientAdapterException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final RecoveryCondition condition;
  private final @Nullable String subject;

  /**
   * About the system whose adapter throws it: the one whose storage it is, or the execution system
   * of the job.
   */
  public TransientAdapterException(
      RecoveryCondition condition, String message, @Nullable Throwable cause) {
    this(condition, null, message, cause);
  }

  /**
   * About one app or system.
   *
   * @param subject its id; {@code null} for the system whose adapter throws it
   */
  public TransientAdapterException(
      RecoveryCondition condition,
      @Nullable String subject,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.condition = condition;
    this.subject = subject;
  }

  /** What has to clear first. */
  public RecoveryCondition condition() {
    return condition;
  }

  /**
   * The id of the app or system that it is about; {@code null} for the system whose adapter throws
   * it. Adapters need not know under which ids systems have them.
   */
  public @Nullable String subject() {
    return subject;
  }
}
