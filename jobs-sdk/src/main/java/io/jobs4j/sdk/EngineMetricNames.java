package io.jobs4j.sdk;

/** What an engine measures. */
public final class EngineMetricNames {
  /** Counts jobs accepted. */
  public static final String JOBS_SUBMITTED = "jobs4j.jobs.submitted";

  /** Counts states that jobs came to; tag {@code status}. */
  public static final String JOB_TRANSITIONS = "jobs4j.jobs.transitions";

  /** Counts jobs that ended; tags {@code status} and {@code condition}, which may be NONE. */
  public static final String JOBS_ENDED = "jobs4j.jobs.ended";

  /** Counts jobs that had to wait for something that failed; tag {@code condition}. */
  public static final String JOBS_BLOCKED = "jobs4j.jobs.blocked";

  /** Times submissions, from the call to its answer; tag {@code result}: DONE or FAILED. */
  public static final String SUBMIT = "jobs4j.submit";

  /**
   * Times what is done for a job in a state; tags {@code phase} and {@code result}: DONE, or FAILED
   * if it threw.
   */
  public static final String PHASE = "jobs4j.phase";

  /** Times transactions, sync included. */
  public static final String COMMIT = "jobs4j.commit";

  /** Counts changes that were put into transactions. */
  public static final String COMMIT_CHANGES = "jobs4j.commit.changes";

  /** Counts jobs that waited and were taken for a worker. */
  public static final String JOBS_CLAIMED = "jobs4j.jobs.claimed";

  /** Counts jobs in the hands of schedulers that were taken over from other or former engines. */
  public static final String JOBS_ADOPTED = "jobs4j.jobs.adopted";

  /** Counts how often the engine was declared dead and lost all its jobs. */
  public static final String LEASES_LOST = "jobs4j.leases.lost";

  /** Times status queries; tags {@code system} and {@code result}: DONE or FAILED. */
  public static final String MONITOR_QUERY = "jobs4j.monitor.query";

  /** Counts events that a {@link JobListener} was too slow for. */
  public static final String LISTENER_DROPPED = "jobs4j.listener.dropped";

  /** Says how many jobs workers have. */
  public static final String JOBS_WORKING = "jobs4j.jobs.working";

  /** Says how many jobs are watched while schedulers have them. */
  public static final String JOBS_WATCHED = "jobs4j.jobs.watched";

  /** Says how many changes wait to be written. */
  public static final String WRITER_QUEUE = "jobs4j.writer.queue";

  private EngineMetricNames() {}
}
