package io.jobs4j.core.model;

import io.jobs4j.core.lifecycle.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a submission: what the engine vouches for once it has accepted a request. The
 * fields are those that Aloe marks as valid in the response ("Submission Response"); the others of
 * {@link Job} do not exist yet.
 *
 * @param id unique job id (the {@code uuid} of the record): a UUID as of RFC 4122 and {@code -007}
 * @param name human readable name
 * @param tenantId the owner's tenant
 * @param tenantQueue tenant queue to which the job was assigned
 * @param status current state
 * @param lastStatusMessage last message logged for the job
 * @param accepted when the job was accepted
 * @param lastUpdated when the record was last updated
 * @param owner user who submitted the job
 * @param roles roles of the owner, separated by commas
 * @param appId fully qualified application name
 * @param appUuid unique application id
 * @param archive whether output is archived
 * @param archivePath where on the archive system; {@code null} if nothing is archived
 * @param archiveSystem storage system to which the job archives
 * @param inputs inputs by key
 * @param parameters parameters by key: strings, numbers, booleans or lists of them
 */
public record SubmittedJob(
    String id,
    String name,
    String tenantId,
    String tenantQueue,
    JobStatus status,
    String lastStatusMessage,
    Instant accepted,
    Instant lastUpdated,
    String owner,
    String roles,
    String appId,
    String appUuid,
    boolean archive,
    @Nullable String archivePath,
    @Nullable String archiveSystem,
    Map<String, List<String>> inputs,
    Map<String, Object> parameters) {
  public SubmittedJob {
    inputs = OrderedCopy.ofInputs(inputs);
    parameters = OrderedCopy.ofParameters(parameters);
  }

  /** The answer to the submission of a job. */
  public static SubmittedJob of(Job job) {
    return new SubmittedJob(
        job.id(),
        job.name(),
        job.tenantId(),
        job.tenantQueue(),
        job.status(),
        job.lastStatusMessage(),
        job.accepted(),
        job.lastUpdated(),
        job.owner(),
        job.roles(),
        job.appId(),
        job.appUuid(),
        job.archive(),
        job.archivePath(),
        job.archiveSystem(),
        job.inputs(),
        job.parameters());
  }
}
