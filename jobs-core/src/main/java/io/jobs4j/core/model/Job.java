package io.jobs4j.core.model;

import io.jobs4j.core.lifecycle.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The job as clients see it (Aloe, "Submission Response"). {@code id} is the UUID; the sequence
 * number of the model and the update token do not show. It is built by name, with {@link
 * #builder()}.
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
    return toBuilder().blockedOn(condition).nextAttempt(attempt).build();
  }

  /** A builder of a job that has nothing set yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this job. */
  public Builder toBuilder() {
    Builder copy = new Builder();
    copy.id = id;
    copy.name = name;
    copy.tenantId = tenantId;
    copy.tenantQueue = tenantQueue;
    copy.status = status;
    copy.lastStatusMessage = lastStatusMessage;
    copy.accepted = accepted;
    copy.created = created;
    copy.ended = ended;
    copy.lastUpdated = lastUpdated;
    copy.owner = owner;
    copy.roles = roles;
    copy.systemId = systemId;
    copy.appId = appId;
    copy.appUuid = appUuid;
    copy.workPath = workPath;
    copy.archive = archive;
    copy.archiveOnAppError = archiveOnAppError;
    copy.archivePath = archivePath;
    copy.archiveSystem = archiveSystem;
    copy.nodeCount = nodeCount;
    copy.processorsPerNode = processorsPerNode;
    copy.memoryPerNode = memoryPerNode;
    copy.maxHours = maxHours;
    copy.inputs = inputs;
    copy.parameters = parameters;
    copy.remoteJobId = remoteJobId;
    copy.schedulerJobId = schedulerJobId;
    copy.remoteQueue = remoteQueue;
    copy.remoteSubmitted = remoteSubmitted;
    copy.remoteStarted = remoteStarted;
    copy.remoteEnded = remoteEnded;
    copy.remoteOutcome = remoteOutcome;
    copy.submitRetries = submitRetries;
    copy.remoteStatusChecks = remoteStatusChecks;
    copy.failedStatusChecks = failedStatusChecks;
    copy.lastStatusCheck = lastStatusCheck;
    copy.blockedCount = blockedCount;
    copy.visible = visible;
    copy.conditionCode = conditionCode;
    copy.blockedOn = blockedOn;
    copy.nextAttempt = nextAttempt;
    return copy;
  }

  /** Builds jobs. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable String id;
    private @Nullable String name;
    private @Nullable String tenantId;
    private @Nullable String tenantQueue;
    private @Nullable JobStatus status;
    private @Nullable String lastStatusMessage;
    private @Nullable Instant accepted;
    private @Nullable Instant created;
    private @Nullable Instant ended;
    private @Nullable Instant lastUpdated;
    private @Nullable String owner;
    private String roles = "";
    private @Nullable String systemId;
    private @Nullable String appId;
    private @Nullable String appUuid;
    private @Nullable String workPath;
    private boolean archive;
    private boolean archiveOnAppError;
    private @Nullable String archivePath;
    private @Nullable String archiveSystem;
    private int nodeCount = 1;
    private int processorsPerNode = 1;
    private double memoryPerNode;
    private double maxHours;
    private Map<String, List<String>> inputs = Map.of();
    private Map<String, Object> parameters = Map.of();
    private @Nullable String remoteJobId;
    private @Nullable String schedulerJobId;
    private @Nullable String remoteQueue;
    private @Nullable Instant remoteSubmitted;
    private @Nullable Instant remoteStarted;
    private @Nullable Instant remoteEnded;
    private @Nullable RemoteOutcome remoteOutcome;
    private int submitRetries;
    private int remoteStatusChecks;
    private int failedStatusChecks;
    private @Nullable Instant lastStatusCheck;
    private int blockedCount;
    private boolean visible = true;
    private @Nullable ConditionCode conditionCode;
    private @Nullable String blockedOn;
    private @Nullable Instant nextAttempt;

    private Builder() {}

    public Builder id(String value) {
      this.id = value;
      return this;
    }

    public Builder name(String value) {
      this.name = value;
      return this;
    }

    public Builder tenantId(String value) {
      this.tenantId = value;
      return this;
    }

    public Builder tenantQueue(String value) {
      this.tenantQueue = value;
      return this;
    }

    public Builder status(JobStatus value) {
      this.status = value;
      return this;
    }

    public Builder lastStatusMessage(String value) {
      this.lastStatusMessage = value;
      return this;
    }

    public Builder accepted(Instant value) {
      this.accepted = value;
      return this;
    }

    public Builder created(@Nullable Instant value) {
      this.created = value;
      return this;
    }

    public Builder ended(@Nullable Instant value) {
      this.ended = value;
      return this;
    }

    public Builder lastUpdated(Instant value) {
      this.lastUpdated = value;
      return this;
    }

    public Builder owner(String value) {
      this.owner = value;
      return this;
    }

    public Builder roles(String value) {
      this.roles = value;
      return this;
    }

    public Builder systemId(String value) {
      this.systemId = value;
      return this;
    }

    public Builder appId(String value) {
      this.appId = value;
      return this;
    }

    public Builder appUuid(String value) {
      this.appUuid = value;
      return this;
    }

    public Builder workPath(@Nullable String value) {
      this.workPath = value;
      return this;
    }

    public Builder archive(boolean value) {
      this.archive = value;
      return this;
    }

    public Builder archiveOnAppError(boolean value) {
      this.archiveOnAppError = value;
      return this;
    }

    public Builder archivePath(@Nullable String value) {
      this.archivePath = value;
      return this;
    }

    public Builder archiveSystem(@Nullable String value) {
      this.archiveSystem = value;
      return this;
    }

    public Builder nodeCount(int value) {
      this.nodeCount = value;
      return this;
    }

    public Builder processorsPerNode(int value) {
      this.processorsPerNode = value;
      return this;
    }

    public Builder memoryPerNode(double value) {
      this.memoryPerNode = value;
      return this;
    }

    public Builder maxHours(double value) {
      this.maxHours = value;
      return this;
    }

    public Builder inputs(Map<String, List<String>> value) {
      this.inputs = value;
      return this;
    }

    public Builder parameters(Map<String, Object> value) {
      this.parameters = value;
      return this;
    }

    public Builder remoteJobId(@Nullable String value) {
      this.remoteJobId = value;
      return this;
    }

    public Builder schedulerJobId(@Nullable String value) {
      this.schedulerJobId = value;
      return this;
    }

    public Builder remoteQueue(@Nullable String value) {
      this.remoteQueue = value;
      return this;
    }

    public Builder remoteSubmitted(@Nullable Instant value) {
      this.remoteSubmitted = value;
      return this;
    }

    public Builder remoteStarted(@Nullable Instant value) {
      this.remoteStarted = value;
      return this;
    }

    public Builder remoteEnded(@Nullable Instant value) {
      this.remoteEnded = value;
      return this;
    }

    public Builder remoteOutcome(@Nullable RemoteOutcome value) {
      this.remoteOutcome = value;
      return this;
    }

    public Builder submitRetries(int value) {
      this.submitRetries = value;
      return this;
    }

    public Builder remoteStatusChecks(int value) {
      this.remoteStatusChecks = value;
      return this;
    }

    public Builder failedStatusChecks(int value) {
      this.failedStatusChecks = value;
      return this;
    }

    public Builder lastStatusCheck(@Nullable Instant value) {
      this.lastStatusCheck = value;
      return this;
    }

    public Builder blockedCount(int value) {
      this.blockedCount = value;
      return this;
    }

    public Builder visible(boolean value) {
      this.visible = value;
      return this;
    }

    public Builder conditionCode(@Nullable ConditionCode value) {
      this.conditionCode = value;
      return this;
    }

    public Builder blockedOn(@Nullable String value) {
      this.blockedOn = value;
      return this;
    }

    public Builder nextAttempt(@Nullable Instant value) {
      this.nextAttempt = value;
      return this;
    }

    /**
     * The job, in which every field that all jobs have must be set.
     *
     * @throws NullPointerException naming such a field if it is not
     */
    public Job build() {
      return new Job(
          Objects.requireNonNull(id, "id"),
          Objects.requireNonNull(name, "name"),
          Objects.requireNonNull(tenantId, "tenantId"),
          Objects.requireNonNull(tenantQueue, "tenantQueue"),
          Objects.requireNonNull(status, "status"),
          Objects.requireNonNull(lastStatusMessage, "lastStatusMessage"),
          Objects.requireNonNull(accepted, "accepted"),
          created,
          ended,
          Objects.requireNonNull(lastUpdated, "lastUpdated"),
          Objects.requireNonNull(owner, "owner"),
          roles,
          Objects.requireNonNull(systemId, "systemId"),
          Objects.requireNonNull(appId, "appId"),
          Objects.requireNonNull(appUuid, "appUuid"),
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
          blockedOn,
          nextAttempt);
    }
  }
}
