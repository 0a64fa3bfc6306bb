package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import java.time.Instant;
import java.util.List;
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
  /** The fields that {@link #of(JobValues)} needs. */
  public static final List<JobField> FIELDS =
      List.of(
          JobField.ID,
          JobField.UUID,
          JobField.STATUS,
          JobField.HELD_IN,
          JobField.VERSION,
          JobField.LAST_SEQUENCE,
          JobField.LAST_UPDATED,
          JobField.CANCEL_REQUESTED_BY,
          JobField.PAUSE_REQUESTED_BY,
          JobField.CONDITION_CODE,
          JobField.BLOCKED_COUNT,
          JobField.TENANT_ID,
          JobField.OWNER,
          JobField.APP_ID,
          JobField.SYSTEM_ID);

  /** A job of whose lease nothing is known, as if it were over. */
  public static JobHead of(JobValues values) {
    return new JobHead(
        values.require(JobField.ID, Long.class),
        values.require(JobField.UUID, String.class),
        values.require(JobField.STATUS, JobStatus.class),
        values.get(JobField.HELD_IN, JobStatus.class),
        values.require(JobField.VERSION, Integer.class),
        values.require(JobField.LAST_SEQUENCE, Long.class),
        values.require(JobField.LAST_UPDATED, Instant.class),
        values.get(JobField.CANCEL_REQUESTED_BY, String.class),
        values.get(JobField.PAUSE_REQUESTED_BY, String.class),
        -1,
        values.get(JobField.CONDITION_CODE, ConditionCode.class),
        values.require(JobField.BLOCKED_COUNT, Integer.class) > 0,
        new JobOrigin(
            values.require(JobField.TENANT_ID, String.class),
            values.require(JobField.OWNER, String.class),
            values.require(JobField.APP_ID, String.class),
            values.require(JobField.SYSTEM_ID, String.class)));
  }

  /** The head of a job that is known as a whole. */
  public static JobHead of(StoredJob stored, long fence) {
    Job job = stored.job();
    return new JobHead(
        stored.id(),
        job.id(),
        job.status(),
        stored.heldIn(),
        stored.version(),
        stored.lastSequence(),
        job.lastUpdated(),
        stored.cancelRequestedBy(),
        stored.pauseRequestedBy(),
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
