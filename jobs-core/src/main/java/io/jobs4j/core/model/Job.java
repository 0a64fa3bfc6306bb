package io.jobs4j.core.model;

import io.jobs4j.core.lifecycle.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job as clients see it (Aloe, "Submission Response"). {@code id} is the UUID; the sequence
 * number of the model and the update token do not show.
 *
 * @param id unique job id (the {@code uuid} of the record)
 * @param name human readable name
 * @param tenantId the owner's tenant
 * @param tenantQueue tenant queue to which the job was assigned
 * @param status current state
 * @param lastStatusMessage last message logged for the job
 * @param accepted when the job was accepted
 * @param created when the job became visible, on leaving {@code ACCEPTED}
 * @param ended when processing completed
 * @param lastUpdated when the record was last updated
 * @param owner user who submitted the job
 * @param roles roles of the owner, separated by commas
 * @param systemId execution system
 * @param appId fully qualified application name
 * @param appUuid unique application id
 * @param workPath work directory on the execution system, relative to its root
 * @param archive whether output is archived
 * @param archiveOnAppError whether output is archived even if the application fails
 * @param archivePath where on the archive system; {@code null} if nothing is archived
 * @param archiveSystem storage system to which the job archives
 * @param nodeCount nodes requested
 * @param processorsPerNode processors on each node
 * @param memoryPerNode GB of memory on each node; 0 if none was asked for
 * @param maxHours longest run time in hours; 0 if unlimited
 * @param inputs inputs by key
 * @param parameters parameters by key: strings, numbers, booleans or lists of them
 * @param remoteJobId job or process id on the execution system
 * @param schedulerJobId further id given by the scheduler; {@code null} for jobs of this library,
 *     but other services may have one
 * @param remoteQueue queue on the execution system
 * @param remoteSubmitted when the job was placed on the remote queue
 * @param remoteStarted when it started running there
 * @param remoteEnded when it finished running there
 * @param remoteOutcome best approximation of how it ended there
 * @param submitRetries attempts to submit to the execution system
 * @param remoteStatusChecks successful status queries
 * @param failedStatusChecks failed status queries
 * @param lastStatusCheck when a status query was last attempted
 * @param blockedCount times the job has become {@code BLOCKED}
 * @param visible whether the owner sees the job in lists
 * @param conditionCode why the job ended; {@code null} until it has
 * @param blockedOn what a blocked job waits for, the name of a recovery condition; {@code null} if
 *     it is not blocked
 * @param nextAttempt when it is looked whether that has cleared; {@code null} if not blocked
 */
public record Job(
    String id,
    String name,
    String tenantId,
    String tenantQueue,
    JobStatus status,
    String lastStatusMessage,
    Instant accepted,
    @Nullable Instant created,
    @Nullable Instant ended,
    Instant lastUpdated,
    String owner,
    String roles,
    String systemId,
    String appId,
    String appUuid,
    @Nullable String workPath,
    boolean archive,
    boolean archiveOnAppError,
    @Nullable String archivePath,
    @Nullable String archiveSystem,
    int nodeCount,
    int processorsPerNode,
    double memoryPerNode,
    double maxHours,
    Map<String, List<String>> inputs,
    Map<String, Object> parameters,
    @Nullable String remoteJobId,
    @Nullable String schedulerJobId,
    @Nullable String remoteQueue,
    @Nullable Instant remoteSubmitted,
    @Nullable Instant remoteStarted,
    @Nullable Instant remoteEnded,
    @Nullable RemoteOutcome remoteOutcome,
    int submitRetries,
    int remoteStatusChecks,
    int failedStatusChecks,
    @Nullable Instant lastStatusCheck,
    int blockedCount,
    boolean visible,
    @Nullable ConditionCode conditionCode,
    @Nullable String blockedOn,
    @Nullable Instant nextAttempt) {
  public Job {
    inputs = OrderedCopy.ofInputs(inputs);
    parameters = OrderedCopy.ofParameters(parameters);
  }

  /** The same job, which is blocked. */
  public Job waitingFor(String condition, Instant attempt) {
    return new Job(
        id,
        name,
        tenantId,
        tenantQueue,
        status,
        lastStatusMessage,
        accepted,
        created,
        ended,
        lastUpdated,
        owner,
        roles,
        systemId,
        appId,
        appUuid,
        workPath,
        archive,
        archiveOnAppError,
        archivePath,
        archiveSystem,
        nodeCount,
        processorsPerNode,
        memoryPerNode,
        maxHours,
        inputs,
        parameters,
        remoteJobId,
        schedulerJobId,
        remoteQueue,
        remoteSubmitted,
        remoteStarted,
        remoteEnded,
        remoteOutcome,
        submitRetries,
        remoteStatusChecks,
        failedStatusChecks,
        lastStatusCheck,
        blockedCount,
        visible,
        conditionCode,
        condition,
        attempt);
  }
}
