package io.jobs4j.sdk;

import org.jspecify.annotations.Nullable;

/**
 * The database went away in the moment of a commit, or did not answer in time to one, and whether
 * the change was made is not known. To ask again is safe for every call but {@code submit}, which
 * may make a second job: look first whether the job is there.
 */
public final class OutcomeUnknownException extends StoreException {
  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(@Nullable Throwable cause) {
    super(
        "The database went away in the moment of a commit; whether it was made is not known.",
        cause);
  }
}
