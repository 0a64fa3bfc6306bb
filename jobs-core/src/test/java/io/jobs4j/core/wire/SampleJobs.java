package io.jobs4j.core.wire;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import java.time.Instant;

/** Stored jobs for tests. */
public final class SampleJobs {
  private SampleJobs() {}

  /** A job that has been accepted and no more. */
  public static Job accepted() {
    return Job.builder()
        .set(Job.Field.NAME, "count words")
        .set(Job.Field.TENANT_ID, "acme")
        .set(Job.Field.TENANT_QUEUE, "aloe.jobq.acme.submit.DefaultQueue")
        .set(Job.Field.STATUS, JobStatus.ACCEPTED)
        .set(Job.Field.LAST_STATUS_MESSAGE, "Job accepted for processing.")
        .set(Job.Field.ACCEPTED, Instant.parse("2026-01-02T03:04:05.006Z"))
        .set(Job.Field.LAST_UPDATED, Instant.parse("2026-01-02T03:04:05.006Z"))
        .set(Job.Field.ID, "0f8fad5b-d9cb-469f-a165-70867728950e")
        .set(Job.Field.OWNER, "alice")
        .set(Job.Field.ROLES, "admin,staff")
        .set(Job.Field.SYSTEM_ID, "cluster")
        .set(Job.Field.APP_ID, "wordcount-1.0")
        .set(Job.Field.APP_UUID, "7c9e6679-7425-40de-944b-e07fc1f90ae7")
        .set(Job.Field.ARCHIVE, true)
        .set(Job.Field.ARCHIVE_PATH, "alice/archive")
        .set(Job.Field.ARCHIVE_SYSTEM, "store")
        .set(Job.Field.INPUTS, JobTexts.decodeInputs("{\"z\":[\"b\",\"a\"],\"a\":\"one\"}"))
        .set(
            Job.Field.PARAMETERS,
            JobTexts.decodeParameters(
                "{\"z\":1,\"a\":[\"x\",2.50,true],\"m\":\"text\",\"n\":0.10}"))
        .build();
  }

  /** A job that has been through everything. */
  public static Job finished() {
    return accepted().toBuilder()
        .set(Job.Field.STATUS, JobStatus.FINISHED)
        .set(Job.Field.LAST_STATUS_MESSAGE, "Job completed successfully.")
        .set(Job.Field.CREATED, Instant.parse("2026-01-02T03:04:06.000Z"))
        .set(Job.Field.ENDED, Instant.parse("2026-01-02T05:00:00.123Z"))
        .set(Job.Field.LAST_UPDATED, Instant.parse("2026-01-02T05:00:00.123Z"))
        .set(Job.Field.WORK_PATH, "/scratch/alice/job-1")
        .set(Job.Field.ARCHIVE_ON_APP_ERROR, true)
        .set(Job.Field.NODE_COUNT, 2)
        .set(Job.Field.PROCESSORS_PER_NODE, 16)
        .set(Job.Field.MEMORY_PER_NODE, 1.5)
        .set(Job.Field.MAX_HOURS, 1.25)
        .set(Job.Field.REMOTE_JOB_ID, "659413")
        .set(Job.Field.REMOTE_QUEUE, "normal")
        .set(Job.Field.REMOTE_SUBMITTED, Instant.parse("2026-01-02T03:05:00.000Z"))
        .set(Job.Field.REMOTE_STARTED, Instant.parse("2026-01-02T03:06:00.000Z"))
        .set(Job.Field.REMOTE_ENDED, Instant.parse("2026-01-02T04:06:00.000Z"))
        .set(Job.Field.REMOTE_OUTCOME, RemoteOutcome.FINISHED)
        .set(Job.Field.SUBMIT_RETRIES, 1)
        .set(Job.Field.REMOTE_STATUS_CHECKS, 12)
        .set(Job.Field.FAILED_STATUS_CHECKS, 3)
        .set(Job.Field.LAST_STATUS_CHECK, Instant.parse("2026-01-02T04:06:01.000Z"))
        .set(Job.Field.BLOCKED_COUNT, 4)
        .set(Job.Field.VISIBLE, false)
        .set(Job.Field.CONDITION_CODE, ConditionCode.NORMAL_COMPLETION)
        .build();
  }
}
