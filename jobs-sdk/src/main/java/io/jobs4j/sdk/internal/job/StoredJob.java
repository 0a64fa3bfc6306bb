package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRecord;
import org.jspecify.annotations.Nullable;

/**
 * A job with what only the engine knows of it.
 *
 * @param job the record
 * @param version rises with each change
 * @param heldIn the active state that a blocked or paused job was in before; otherwise {@code null}
 * @param cancelRequestedBy who asked to cancel the job; {@code null} if nobody did
 * @param pauseRequestedBy who asked to pause the job; {@code null} if nobody did
 * @param archived whether the output is complete on the archive system
 * @param remoteEndMessage what is to be said of how it ended; {@code null} until it has
 */
public record StoredJob(
    JobRecord job,
    int version,
    @Nullable JobStatus heldIn,
    @Nullable String cancelRequestedBy,
    @Nullable String pauseRequestedBy,
    boolean archived,
    @Nullable String remoteEndMessage) {
  /** A job that has just been stored. */
  public static StoredJob ofNew(long id, JobRecord job) {
    return new StoredJob(job.toBuilder().id(id).build(), 0, null, null, null, false, null);
  }

  /** The active state the job is in, or was in before it was held. */
  public JobStatus activeStatus() {
    return heldIn == null ? job.status() : heldIn;
  }
}
