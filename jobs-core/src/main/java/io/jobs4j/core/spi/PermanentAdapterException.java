package io.jobs4j.core.spi;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import org.jspecify.annotations.Nullable;

/** What failed will fail again however often it is tried. It fails the job. */
public class PermanentAdapterException extends JobsException {
  private static final long serialVersionUID = 1L;

  private final ConditionCode code;

  public PermanentAdapterException(ConditionCode code, String message) {
    this(code, message, null);
  }

  public PermanentAdapterException(ConditionCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Why the job ends. */
  public ConditionCode code() {
    return code;
  }
}
