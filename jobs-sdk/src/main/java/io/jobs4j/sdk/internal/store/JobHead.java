package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
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
 * @param cancelRequestedBy who asked to cancel the job; {@code null} if nobody did
 */
public record JobHead(
    long id,
    String uuid,
    JobStatus status,
    @Nullable JobStatus heldIn,
    int version,
    long lastSequence,
    @Nullable String cancelRequestedBy) {
  /** The active state the job is in, or was in before it was held. */
  public JobStatus activeStatus() {
    return heldIn == null ? status : heldIn;
  }
}
