package io.jobs4j.core.model;

/**
 * Best approximation of how a job ended on its execution system (Aloe, "The Complete Job Object",
 * field {@code remoteOutcome}).
 */
public enum RemoteOutcome {
  /** The application returned zero. */
  FINISHED,
  /** The application failed; its output is archived all the same. */
  FAILED,
  /** The application failed; its output is not archived. */
  FAILED_SKIP_ARCHIVE
}
