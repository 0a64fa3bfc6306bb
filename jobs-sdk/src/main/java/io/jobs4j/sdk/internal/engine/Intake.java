package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.internal.validation.RequestValidator;
import io.jobs4j.core.internal.validation.ValidatedRequest;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.wire.JobRequestJson;
import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.internal.job.JobIds;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** Checks requests and makes stored jobs of them. */
final class Intake {
  private static final double SECONDS_PER_HOUR = 3600;

  private final RequestValidator validator;
  private final Jobs jobs;
  private final InstantSource clock;
  private final Dispatcher dispatcher;
  private final TenantQueues queues;

  /** An intake. */
  Intake(
      RequestValidator validator,
      Jobs jobs,
      InstantSource clock,
      Dispatcher dispatcher,
      TenantQueues queues) {
    this.validator = validator;
    this.jobs = jobs;
    this.clock = clock;
    this.dispatcher = dispatcher;
    this.queues = queues;
  }

  /** Accepts a request; it is durable when this returns. */
  SubmittedJob accept(Caller caller, JobRequest request) {
    String uuid = JobIds.next();
    return store(
        caller, uuid, validator.validate(caller, uuid, request), JobRequestJson.write(request));
  }

  /** Accepts a request in JSON; it is durable when this returns. */
  SubmittedJob accept(Caller caller, String json) {
    String uuid = JobIds.next();
    return store(caller, uuid, validator.validate(caller, uuid, json), json);
  }

  /** Accepts a request that was accepted before, as it was stored. */
  SubmittedJob acceptAgain(Caller caller, String json) {
    return accept(caller, JobRequestJson.read(json));
  }

  private SubmittedJob store(
      Caller caller, String uuid, ValidatedRequest request, String original) {
    Instant now = clock.instant();
    BatchQueue queue = request.queue();
    Memory memory = request.memoryPerNode();
    // Inputs and parameters become texts here and not in the one thread that writes.
    Job job =
        Job.builder()
            .set(Job.Field.ID, uuid)
            .set(Job.Field.NAME, request.name())
            .set(Job.Field.TENANT_ID, caller.tenantId())
            .set(Job.Field.TENANT_QUEUE, TenantQueue.defaultName(caller.tenantId()))
            .set(Job.Field.STATUS, JobStatus.ACCEPTED)
            .set(Job.Field.LAST_STATUS_MESSAGE, JobStatus.ACCEPTED.description())
            .set(Job.Field.ACCEPTED, now)
            .set(Job.Field.LAST_UPDATED, now)
            .set(Job.Field.OWNER, caller.user())
            .set(Job.Field.ROLES, caller.rolesAsText())
            .set(Job.Field.SYSTEM_ID, request.executionSystem().id())
            .set(Job.Field.APP_ID, request.app().id())
            .set(Job.Field.APP_UUID, request.app().uuid())
            .set(Job.Field.ARCHIVE, request.archive())
            .set(Job.Field.ARCHIVE_ON_APP_ERROR, request.archiveOnAppError())
            .set(Job.Field.ARCHIVE_PATH, request.archivePath())
            .set(Job.Field.ARCHIVE_SYSTEM, request.archiveSystem())
            .set(Job.Field.NODE_COUNT, request.nodeCount())
            .set(Job.Field.PROCESSORS_PER_NODE, request.processorsPerNode())
            .set(Job.Field.MEMORY_PER_NODE, memory == null ? 0 : memory.gigabytes())
            .set(Job.Field.MAX_HOURS, request.maxRunTime().toSeconds() / SECONDS_PER_HOUR)
            .set(Job.Field.INPUTS, JobTexts.inputs(JobTexts.encode(request.inputs())))
            .set(Job.Field.PARAMETERS, JobTexts.parameters(JobTexts.encode(request.parameters())))
            .set(Job.Field.REMOTE_QUEUE, queue == null ? null : queue.name())
            .build();
    Job sorted = job.toBuilder().set(Job.Field.TENANT_QUEUE, queues.select(job)).build();
    store(sorted, original);
    return SubmittedJob.of(sorted);
  }

  /** With an idle worker at hand the job is stored as that worker's. */
  private void store(Job job, String original) {
    String workerPool = queues.workerPool(job.tenantQueue());
    boolean reserved = dispatcher.reserve(workerPool);
    CompletableFuture<Lease> stored = jobs.insertLater(job, original, workerPool, reserved);
    CompletableFuture<Lease> handed =
        stored.whenComplete(
            (lease, error) -> {
              if (!reserved) {
                // Also if the database failed: the job may have been stored all the same.
                dispatcher.wake();
              } else if (error == null && lease.fence() > 0) {
                dispatcher.startReserved(
                    workerPool, new LeasedJob(lease, StoredJob.ofNew(lease.jobId(), job)));
              } else {
                dispatcher.unreserve(workerPool);
              }
            });
    Lease unused = Store.result(handed);
  }
}
