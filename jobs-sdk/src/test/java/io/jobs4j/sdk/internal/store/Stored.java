package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRecord;
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
