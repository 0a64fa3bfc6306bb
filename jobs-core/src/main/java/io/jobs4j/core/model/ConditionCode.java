package io.jobs4j.core.model;

/**
 * Why a job ended, as data. The names are those of Tapis, but for {@link #JOB_MODULES_FAILED} and
 * {@link #JOB_STARTUP_SCRIPT_FAILED}, which tell a preparation that failed from an application.
 */
public enum ConditionCode {
  CANCELLED_BY_USER,
  JOB_ARCHIVING_FAILED,
  JOB_EXECUTION_MONITORING_ERROR,
  JOB_FILES_SERVICE_ERROR,
  JOB_INTERNAL_ERROR,
  JOB_INVALID_DEFINITION,
  JOB_LAUNCH_FAILURE,
  /** A module of the application could not be loaded; the application did not run. */
  JOB_MODULES_FAILED,
  JOB_RECOVERY_FAILURE,
  JOB_RECOVERY_TIMEOUT,
  JOB_REMOTE_ACCESS_ERROR,
  JOB_REMOTE_OUTCOME_ERROR,
  /** The startup script of the system did not come to its end; the application did not run. */
  JOB_STARTUP_SCRIPT_FAILED,
  JOB_UNABLE_TO_STAGE_INPUTS,
  JOB_UNABLE_TO_STAGE_JOB,
  NORMAL_COMPLETION,
  SCHEDULER_CANCELLED,
  SCHEDULER_DEADLINE,
  SCHEDULER_OUT_OF_MEMORY,
  SCHEDULER_STOPPED,
  SCHEDULER_TERMINATED,
  SCHEDULER_TIMEOUT
}
