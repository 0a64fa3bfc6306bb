package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.JobRecord;
import io.jobs4j.core.model.RemoteOutcome;
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
  public static JobRecord job() {
    return job(UUID.randomUUID().toString());
  }

  public static JobRecord job(String uuid) {
    return JobRecord.builder()
        .uuid(uuid)
        .name("a name")
        .tenantId("acme")
        .tenantQueue("aloe.jobq.acme.submit.DefaultQueue")
        .status(JobStatus.ACCEPTED)
        .lastStatusMessage(JobStatus.ACCEPTED.description())
        .accepted(START)
        .lastUpdated(START)
        .owner("alice")
        .systemId("system")
        .appId("app-1")
        .appUuid("app-uuid")
        .inputs("{\"in\":[\"a\"]}")
        .parameters("{\"p\":1}")
        .updateToken("token")
        .build();
  }

  /** A job of which every field has a value, each another one. */
  public static JobRecord full() {
    return job().toBuilder()
        .created(START.plusSeconds(1))
        .ended(START.plusSeconds(2))
        .lastUpdated(START.plusSeconds(3))
        .roles("a,b")
        .workPath("/work")
        .archive(true)
        .archiveOnAppError(true)
        .archivePath("archive/path")
        .archiveSystem("archive-system")
        .nodeCount(2)
        .processorsPerNode(3)
        .memoryPerNode(4.5)
        .maxHours(5.5)
        .remoteJobId("remote-1")
        .remoteQueue("remote-queue")
        .remoteSubmitted(START.plusSeconds(4))
        .remoteStarted(START.plusSeconds(5))
        .remoteEnded(START.plusSeconds(6))
        .remoteOutcome(RemoteOutcome.FAILED)
        .submitRetries(6)
        .remoteStatusChecks(7)
        .failedStatusChecks(8)
        .lastStatusCheck(START.plusSeconds(7))
        .blockedCount(9)
        .conditionCode(ConditionCode.SCHEDULER_TIMEOUT)
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
