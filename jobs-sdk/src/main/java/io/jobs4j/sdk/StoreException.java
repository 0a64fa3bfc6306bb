package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/**
 * The database could not do what was asked. A change that failed so may or may not have been made
 * if the failure came in the moment of its commit; asking again is safe for every call but {@code
 * submit}, which would then make a second job.
 */
public final class StoreException extends JobsException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
