package io.jobs4j.core.lifecycle;

/**
 * The state of a job. Names and meanings are those of Aloe ("Jobs Service Changes", section "Job
 * States"); which state may follow which is said by {@link JobTransitions}.
 */
public enum JobStatus {
  /** Durable, but not visible yet: not listed, not found, not cancellable. */
  ACCEPTED("Job accepted for processing."),
  /** Visible; processing begins. */
  PENDING("Job accepted and queued for submission."),
  /** The inputs are being identified. */
  PROCESSING_INPUTS("Identifying input files for staging"),
  /** Input files are being transferred to the work directory. */
  STAGING_INPUTS("Transferring job input data to execution system"),
  /** All inputs are in the work directory. */
  STAGED("Job inputs staged to execution system"),
  /** The application's files and the launch script are being put beside the inputs. */
  STAGING_JOB("Staging runtime assets to execution system"),
  /** The scheduler is being asked to run the job. */
  SUBMITTING("Preparing job for submission."),
  /** The scheduler has the job. */
  QUEUED("Job successfully placed into queue"),
  /** The job runs. */
  RUNNING("Job started running"),
  /** The job has ended on the execution system. */
  CLEANING_UP("Job completed execution"),
  /** Output is being moved to the archive system. */
  ARCHIVING("Transferring job output to archive system"),
  /** Waiting for a transient error to clear. */
  BLOCKED("Job blocked"),
  /** Paused by a user. */
  PAUSED("Job execution paused by user"),
  /** Terminal: done. */
  FINISHED("Job completed successfully."),
  /** Terminal: cancelled. */
  STOPPED("Job execution intentionally stopped"),
  /** Terminal: failed. */
  FAILED("Job failed");

  private final String description;

  JobStatus(String description) {
    this.description = description;
  }

  /** The message recorded with a change to this state when nothing more precise is known. */
  public String description() {
    return description;
  }

  /** Whether no state follows this one. */
  public boolean isTerminal() {
    return this == FINISHED || this == STOPPED || this == FAILED;
  }

  /** Whether the job is on its way: neither terminal nor blocked nor paused. */
  public boolean isActive() {
    return !isTerminal() && this != BLOCKED && this != PAUSED;
  }

  /** Whether the job is in the hands of a scheduler: {@link #QUEUED} or {@link #RUNNING}. */
  public boolean isExecuting() {
    return this == QUEUED || this == RUNNING;
  }

  /** Whether clients can see jobs in this state: all but {@link #ACCEPTED}. */
  public boolean isVisible() {
    return this != ACCEPTED;
  }
}
