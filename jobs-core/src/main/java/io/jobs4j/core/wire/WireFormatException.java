package io.jobs4j.core.wire;

import io.jobs4j.core.JobsException;

/** A text is not the JSON that it should be. The message names the field and what is expected. */
public final class WireFormatException extends JobsException {
  private static final long serialVersionUID = 1L;

  /** An exception that says what is expected of which field. */
  public WireFormatException(String message) {
    super(message);
  }
}
