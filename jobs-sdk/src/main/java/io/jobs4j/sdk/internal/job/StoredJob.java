package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import org.jspecify.annotations.Nullable;

/**
 * A job with what only the engine knows of it.
 *
 * @param id sequence number
 * @param job what users see too
 * @param version rises with each change
 * @param lastSequence sequence number of the last history entry
 * @param heldIn the active state that a blocked or paused job was in before; otherwise {@code null}
 * @param cancelRequestedBy who asked to cancel the job; {@code null} if nobody did
 * @param pauseRequestedBy who asked to pause the job; {@code null} if nobody did
 * @param archived whether the output is complete on the archive system
 * @param remoteEndMessage what is to be said of how it ended; {@code null} until it has
 */
public record StoredJob(
    long id,
    Job job,
    int version,
    long lastSequence,
    @Nullable JobStatus heldIn,
    @Nullable String cancelRequestedBy,
    @Nullable String pauseRequestedBy,
    boolean archived,
    @Nullable String remoteEndMessage) {
  /** A job that has just been stored with its first history entry. */
  public static StoredJob ofNew(long id, Job job) {
    return new StoredJob(id, job, 0, 1, null, null, null, false, null);
  }

  /**
   * A job whose fields have these values, in which there must be one for each that all jobs have.
   */
  public static StoredJob of(JobValues values) {
    Builder job = new Builder(Job.builder());
    for (JobField field : JobField.ALL) {
      field.set(job, values.get(field));
    }
    return job.build();
  }

  /** The active state the job is in, or was in before it was held. */
  public JobStatus activeStatus() {
    return heldIn == null ? job.status() : heldIn;
  }

  /** A builder that starts from this job. */
  Builder toBuilder() {
    return new Builder(job.toBuilder())
        .id(id)
        .version(version)
        .lastSequence(lastSequence)
        .heldIn(heldIn)
        .cancelRequestedBy(cancelRequestedBy)
        .pauseRequestedBy(pauseRequestedBy)
        .archived(archived)
        .remoteEndMessage(remoteEndMessage);
  }

  /** Builds stored jobs. Not safe for use by several threads. */
  static final class Builder {
    private final Job.Builder job;
    private long id;
    private int version;
    private long lastSequence;
    private @Nullable JobStatus heldIn;
    private @Nullable String cancelRequestedBy;
    private @Nullable String pauseRequestedBy;
    private boolean archived;
    private @Nullable String remoteEndMessage;

    private Builder(Job.Builder job) {
      this.job = job;
    }

    Builder id(long value) {
      this.id = value;
      return this;
    }

    /** Sets what users see too. */
    Builder shown(Job.Field field, @Nullable Object value) {
      Job.Builder unused = job.set(field, value);
      return this;
    }

    Builder version(int value) {
      this.version = value;
      return this;
    }

    Builder lastSequence(long value) {
      this.lastSequence = value;
      return this;
    }

    Builder heldIn(@Nullable JobStatus value) {
      this.heldIn = value;
      return this;
    }

    Builder cancelRequestedBy(@Nullable String value) {
      this.cancelRequestedBy = value;
      return this;
    }

    Builder pauseRequestedBy(@Nullable String value) {
      this.pauseRequestedBy = value;
      return this;
    }

    Builder archived(boolean value) {
      this.archived = value;
      return this;
    }

    Builder remoteEndMessage(@Nullable String value) {
      this.remoteEndMessage = value;
      return this;
    }

    StoredJob build() {
      return new StoredJob(
          id,
          job.build(),
          version,
          lastSequence,
          heldIn,
          cancelRequestedBy,
          pauseRequestedBy,
          archived,
          remoteEndMessage);
    }
  }
}
