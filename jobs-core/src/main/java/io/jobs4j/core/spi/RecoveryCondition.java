package io.jobs4j.core.spi;

/** What a transient failure waits for. The names are those of Tapis, but for the last. */
public enum RecoveryCondition {
  SYSTEM_NOT_AVAILABLE,
  APPLICATION_NOT_AVAILABLE,
  SERVICE_CONNECTION_FAILURE,
  QUOTA_EXCEEDED,
  SSH_CONNECTION_FAILURE,
  SSH_CONNECTION_TIMEOUT,
  SSH_AUTHENTICATION_FAILED,
  TRANSMISSION_FAILURE,
  STORAGE_NOT_WRITABLE,
  SCHEDULER_NOT_ANSWERING,
  /** The job runs where nothing of it can be seen from here. */
  JOB_NOT_VISIBLE
}
