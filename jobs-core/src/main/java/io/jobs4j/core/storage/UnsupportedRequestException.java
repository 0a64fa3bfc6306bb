package io.jobs4j.core.storage;

import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** Says that a storage does not do what was asked of it, or lets nobody do it. */
public final class UnsupportedRequestException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  /**
   * @param place where it was asked for
   * @param reason what the storage says
   */
  public UnsupportedRequestException(String place, String reason, @Nullable Throwable cause) {
    super(place, null, reason);
    initCause(cause);
  }
}
