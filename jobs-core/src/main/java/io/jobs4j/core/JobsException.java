package io.jobs4j.core;

import org.jspecify.annotations.Nullable;

/**
 * Root of the exceptions of jobs4j. Each subclass stands for something else that a caller can do
 * about it and carries the values that it speaks of.
 */
public abstract class JobsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected JobsException(String message) {
    super(message);
  }

  protected JobsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
