package io.jobs4j.core.spi;

import io.jobs4j.core.model.ConditionCode;
import org.jspecify.annotations.Nullable;

/** Something is where a file was to be published that replaces nothing. */
public final class TargetExistsException extends PermanentAdapterException {
  private static final long serialVersionUID = 1L;

  /**
   * @param file where something is
   * @param cause what the protocol said; {@code null} if the storage looked for itself
   */
  public TargetExistsException(StoragePath file, @Nullable Throwable cause) {
    super(
        ConditionCode.JOB_FILES_SERVICE_ERROR,
        "Cannot write \"%s\": something is there already.".formatted(file),
        cause);
  }
}
