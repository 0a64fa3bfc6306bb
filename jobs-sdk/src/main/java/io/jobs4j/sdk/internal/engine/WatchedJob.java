package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that its scheduler has and that is watched under a lease, with what was last seen of it. It
 * is touched by one query at a time: on the query's thread, and while that waits for a change, on
 * the thread that writes to the database. Others read only what is final.
 */
final class WatchedJob {
  private final Lease lease;
  private final RemoteJob remoteJob;
  private final Instant since;
  private RemoteStatus.State state;

  /** What its scheduler has said of why it does not go on, as it is stored. */
  private String reason;

  private int checks;
  private int failedChecks;

  /** Whether what it was seen to do could not be stored, because the lease is outdated. */
  private boolean lost;

  /** Whether what it was seen to do could not be stored, because the database failed. */
  private boolean unstored;

  /** Whether it was said that the database does not take what became of it. */
  private boolean refused;

  /**
   * A job.
   *
   * @param status where it was last known to be
   * @param since when it began to be watched
   */
  WatchedJob(Lease lease, RemoteJob remoteJob, RemoteStatus status, Instant since) {
    this.lease = lease;
    this.remoteJob = remoteJob;
    this.state = status.state();
    this.reason = status.reason();
    this.since = since;
  }

  Lease lease() {
    return lease;
  }

  RemoteJob remoteJob() {
    return remoteJob;
  }

  /** The key of its attempt. */
  String key() {
    return remoteJob.attempt().key();
  }

  Instant since() {
    return since;
  }

  /** Whether its scheduler says another thing of it than what was stored. */
  boolean differs(RemoteStatus status) {
    return status.state() != state || reasonDiffers(status);
  }

  /** Whether its scheduler gives another reason than the one that was stored. */
  boolean reasonDiffers(RemoteStatus status) {
    return !status.reason().equals(reason);
  }

  /** Counts a query that said something of it. */
  void checked() {
    checks++;
  }

  /** Counts a query that failed. */
  void checkFailed() {
    failedChecks++;
  }

  /** A change that counts the queries since the last one. */
  JobChange counted(JobChange change, Instant now) {
    return change.countStatusChecks(checks, failedChecks).lastStatusCheck(now);
  }

  /** Notes that what was seen of it is stored. */
  void stored(@Nullable RemoteStatus status) {
    unstored = false;
    checks = 0;
    failedChecks = 0;
    if (status != null) {
      state = status.state();
      reason = status.reason();
    }
  }

  /** Notes that its lease is outdated. */
  void lose() {
    lost = true;
  }

  /** Whether what it was seen to do is still to be stored by whoever has it now. */
  boolean isLost() {
    return lost;
  }

  /** Notes that what was seen of it could not be stored, and whether that may work out soon. */
  void notStored(boolean soon) {
    unstored = soon;
  }

  /** Whether it is to be looked at again soon, because it could not be stored. */
  boolean isUnstored() {
    return unstored;
  }

  /** Notes that the database refuses what became of it; returns whether that was not known. */
  boolean refuse() {
    boolean first = !refused;
    refused = true;
    return first;
  }
}
