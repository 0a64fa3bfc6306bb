package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a change needs to know of the stored job to decide.
 *
 * @param id sequence number
 * @param uuid unique id
 * @param status stored state
 * @param heldIn the active state that a blocked or paused job was in before; otherwise {@code null}
 * @param version rises with each change
 * @param lastSequence sequence number of the last history entry
 * @param lastUpdated when it was last changed
 * @param cancelRequestedBy who asked to cancel the job; {@code null} if nobody did
 * @param pauseRequestedBy who asked to pause the job; {@code null} if nobody did
 * @param fence of its last lease; -1 if the job is over
 * @param conditionCode why the job ended or is about to end; {@code null} if that is not known
 * @param wasBlocked whether it was blocked and may not have got any further since
 * @param origin whose it is
 */
public record JobHead(
    long id,
    String uuid,
    JobStatus status,
    @Nullable JobStatus heldIn,
    int version,
    long lastSequence,
    Instant lastUpdated,
    @Nullable String cancelRequestedBy,
    @Nullable String pauseRequestedBy,
    long fence,
    @Nullable ConditionCode conditionCode,
    boolean wasBlocked,
    JobOrigin origin) {
  /** A job that has just been stored with its first history entry. */
  public static JobHead ofNew(long id, JobRecord job, long fence) {
    return new JobHead(
        id,
        job.uuid(),
        job.status(),
        null,
        0,
        1,
        job.lastUpdated(),
        null,
        null,
        fence,
        job.conditionCode(),
        job.blockedCount() > 0,
        new JobOrigin(job.tenantId(), job.owner(), job.appId(), job.systemId()));
  }

  /** The same job with what its last lease is. */
  public JobHead withFence(long last) {
    return new JobHead(
        id,
        uuid,
        status,
        heldIn,
        version,
        lastSequence,
        lastUpdated,
        cancelRequestedBy,
        pauseRequestedBy,
        last,
        conditionCode,
        wasBlocked,
        origin);
  }

  /** The active state the job is in, or was in before it was held. */
  public JobStatus activeStatus() {
    return heldIn == null ? status : heldIn;
  }
}
