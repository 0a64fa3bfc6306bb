package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.JobTexts;
import io.jobs4j.sdk.internal.sql.Database;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Jobs to store, and what the tables say of them. */
public final class Stored {
  public static final Instant START = Instant.parse("2030-01-02T03:04:05.678Z");

  /** A clock that stands still at {@link #START}. */
  public static final Clock CLOCK = Clock.fixed(START, ZoneOffset.UTC);

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
    Job.Builder job = Job.builder();
    for (Job.Field field : Job.Field.ALL) {
      job.set(field, value(field));
    }
    return job.set(Job.Field.ID, UUID.randomUUID().toString())
        .set(Job.Field.STATUS, JobStatus.ACCEPTED)
        .set(Job.Field.ACCEPTED, START)
        .set(Job.Field.SCHEDULER_JOB_ID, null)
        .set(Job.Field.BLOCKED_ON, null)
        .set(Job.Field.NEXT_ATTEMPT, null)
        .build();
  }

  private static Object value(Job.Field field) {
    int number = Job.Field.ALL.indexOf(field) + 2;
    return switch (field.kind()) {
      case TEXT -> field.documentName();
      case WORD -> field.type().getEnumConstants()[1];
      case TIME -> START.plusSeconds(number);
      case COUNT -> number;
      case DECIMAL -> number + 0.5;
      case FLAG -> !Boolean.TRUE.equals(field.otherwise());
      case INPUTS -> Map.of("in", List.of("a", "b"));
      case PARAMETERS -> Map.of("p", new BigDecimal("1.50"));
    };
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
