package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.request.JobRequestJson;
import io.jobs4j.core.request.RequestValidator;
import io.jobs4j.core.request.ValidatedRequest;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.internal.store.JobStore;
import java.time.Instant;
import java.util.UUID;

/** Checks requests and makes stored jobs of them. */
final class Intake {
  private static final double SECONDS_PER_HOUR = 3600;

  private final RequestValidator validator;
  private final JobStore store;
  private final Runnable onDue;

  /**
   * An intake.
   *
   * @param onDue is told when a job may have become due
   */
  Intake(RequestValidator validator, JobStore store, Runnable onDue) {
    this.validator = validator;
    this.store = store;
    this.onDue = onDue;
  }

  /** Accepts a request; it is durable when this returns. */
  SubmittedJob accept(Caller caller, JobRequest request) {
    String uuid = UUID.randomUUID().toString();
    return store(
        caller, uuid, validator.validate(caller, uuid, request), JobRequestJson.write(request));
  }

  /** Accepts a request in JSON; it is durable when this returns. */
  SubmittedJob accept(Caller caller, String json) {
    String uuid = UUID.randomUUID().toString();
    return store(caller, uuid, validator.validate(caller, uuid, json), json);
  }

  /** Accepts a request that was accepted before, as it was stored. */
  SubmittedJob acceptAgain(Caller caller, String json) {
    return accept(caller, JobRequestJson.read(json));
  }

  private SubmittedJob store(
      Caller caller, String uuid, ValidatedRequest request, String original) {
    Instant now = store.now();
    BatchQueue queue = request.queue();
    JobRecord job =
        JobRecord.builder()
            .uuid(uuid)
            .name(request.name())
            .tenantId(caller.tenantId())
            .tenantQueue(TenantQueue.defaultName(caller.tenantId()))
            .status(JobStatus.ACCEPTED)
            .lastStatusMessage(JobStatus.ACCEPTED.description())
            .accepted(now)
            .lastUpdated(now)
            .owner(caller.user())
            .roles(caller.rolesAsText())
            .systemId(request.executionSystem().id())
            .appId(request.app().id())
            .appUuid(request.app().uuid())
            .archive(request.archive())
            .archiveOnAppError(request.archiveOnAppError())
            .archivePath(request.archivePath())
            .archiveSystem(request.archiveSystem())
            .nodeCount(request.nodeCount())
            .processorsPerNode(request.processorsPerNode())
            .memoryPerNode(request.memoryPerNode())
            .maxHours(request.maxRunTime().toSeconds() / SECONDS_PER_HOUR)
            .inputs(JobMapping.encode(request.inputs()))
            .parameters(JobMapping.encode(request.parameters()))
            .remoteQueue(queue == null ? null : queue.name())
            .updateToken(UUID.randomUUID().toString())
            .build();
    try {
      store.insert(job, original);
    } finally {
      // Also if the database failed: the job may have been stored all the same.
      onDue.run();
    }
    return JobMapping.submitted(job);
  }
}
