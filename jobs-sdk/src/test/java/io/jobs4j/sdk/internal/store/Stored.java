package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.internal.sql.Database;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Jobs to store, and what the tables say of them. */
public final class Stored {
  public static final Instant START = Instant.parse("2030-01-02T03:04:05.678Z");

  private Stored() {}

  /** A job that has just been accepted. */
  public static Job job() {
    return job(UUID.randomUUID().toString());
  }

  public static Job job(String uuid) {
    return Job.builder()
        .set(Job.Field.ID, uuid)
        .set(Job.Field.NAME, "a name")
        .set(Job.Field.TENANT_ID, "acme")
        .set(Job.Field.TENANT_QUEUE, "aloe.jobq.acme.submit.DefaultQueue")
        .set(Job.Field.STATUS, JobStatus.ACCEPTED)
        .set(Job.Field.LAST_STATUS_MESSAGE, JobStatus.ACCEPTED.description())
        .set(Job.Field.ACCEPTED, START)
        .set(Job.Field.LAST_UPDATED, START)
        .set(Job.Field.OWNER, "alice")
        .set(Job.Field.SYSTEM_ID, "system")
        .set(Job.Field.APP_ID, "app-1")
        .set(Job.Field.APP_UUID, "app-uuid")
        .set(Job.Field.INPUTS, JobTexts.decodeInputs("{\"in\":[\"a\"]}"))
        .set(Job.Field.PARAMETERS, JobTexts.decodeParameters("{\"p\":1}"))
        .build();
  }

  /** A job of which every field has a value, each another one. */
  public static Job full() {
    return job().toBuilder()
        .set(Job.Field.CREATED, START.plusSeconds(1))
        .set(Job.Field.ENDED, START.plusSeconds(2))
        .set(Job.Field.LAST_UPDATED, START.plusSeconds(3))
        .set(Job.Field.ROLES, "a,b")
        .set(Job.Field.WORK_PATH, "/work")
        .set(Job.Field.ARCHIVE, true)
        .set(Job.Field.ARCHIVE_ON_APP_ERROR, true)
        .set(Job.Field.ARCHIVE_PATH, "archive/path")
        .set(Job.Field.ARCHIVE_SYSTEM, "archive-system")
        .set(Job.Field.NODE_COUNT, 2)
        .set(Job.Field.PROCESSORS_PER_NODE, 3)
        .set(Job.Field.MEMORY_PER_NODE, 4.5)
        .set(Job.Field.MAX_HOURS, 5.5)
        .set(Job.Field.REMOTE_JOB_ID, "remote-1")
        .set(Job.Field.REMOTE_QUEUE, "remote-queue")
        .set(Job.Field.REMOTE_SUBMITTED, START.plusSeconds(4))
        .set(Job.Field.REMOTE_STARTED, START.plusSeconds(5))
        .set(Job.Field.REMOTE_ENDED, START.plusSeconds(6))
        .set(Job.Field.REMOTE_OUTCOME, RemoteOutcome.FAILED)
        .set(Job.Field.SUBMIT_RETRIES, 6)
        .set(Job.Field.REMOTE_STATUS_CHECKS, 7)
        .set(Job.Field.FAILED_STATUS_CHECKS, 8)
        .set(Job.Field.LAST_STATUS_CHECK, START.plusSeconds(7))
        .set(Job.Field.BLOCKED_COUNT, 9)
        .set(Job.Field.CONDITION_CODE, ConditionCode.SCHEDULER_TIMEOUT)
        .build();
  }

  /** All rows of all tables of jobs. */
  public static List<List<Map<String, Object>>> tables(Database database) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                List.of(
                    handle.createQuery("SELECT * FROM jobs4j_job ORDER BY id").mapToMap().list(),
                    handle
                        .createQuery("SELECT * FROM jobs4j_job_payload ORDER BY job_id")
                        .mapToMap()
                        .list(),
                    handle
                        .createQuery("SELECT * FROM jobs4j_job_queue ORDER BY job_id")
                        .mapToMap()
                        .list(),
                    handle
                        .createQuery("SELECT * FROM jobs4j_job_event ORDER BY job_id, sequence")
                        .mapToMap()
                        .list()));
  }
}
