package io.jobs4j.sdk;

import io.jobs4j.core.JobsException;
import org.jspecify.annotations.Nullable;

/**
 * The database could not do what was asked, because it does not answer for instance. Nothing was
 * changed, so that to ask again is safe, unless this is an {@link OutcomeUnknownException}; an
 * {@link EngineClosedException} will not get better.
 */
public class StoreException extends JobsException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
