package io.jobs4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

  @Test
  void aBuilderThatStartsFromAJobKeepsAllOfIt() throws Exception {
    Job job = full();
    Job least = least().build();
    for (Job.Field field : Job.Field.ALL) {
      if (field != Job.Field.STATUS) {
        assertThat(job.get(field))
            .as("%s of a job that has all", field)
            .isNotEqualTo(least.get(field));
      }
    }
    assertThat(job.toBuilder().build()).isEqualTo(job);
  }

  @Test
  void whatAllJobsHaveMustBeSet() {
    assertThatThrownBy(() -> Job.builder().set(Job.Field.ID, "1").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A job has no name; every job must have one.");
  }

  @Test
  void aValueMustBeOfTheTypeOfItsField() {
    assertThatThrownBy(() -> Job.builder().set(Job.Field.NODE_COUNT, "two"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("nodeCount is of String; it must be of Integer.");
  }

  /** Each field has a method of its name, which gives the same. */
  @ParameterizedTest
  @EnumSource
  void aFieldIsWhatTheMethodOfItsNameGives(Job.Field field) throws Exception {
    Method method = Job.class.getMethod(field.documentName());
    assertThat(method.invoke(full())).isEqualTo(full().get(field));
    Class<?> returned = method.getReturnType();
    assertThat(returned.isPrimitive())
        .as("whether %s is always there", field)
        .isEqualTo(
            field.otherwise() != null && !(returned == String.class || returned == Map.class));
  }

  private static Job.Builder least() {
    return Job.builder()
        .set(Job.Field.ID, "")
        .set(Job.Field.NAME, "")
        .set(Job.Field.TENANT_ID, "")
        .set(Job.Field.TENANT_QUEUE, "")
        .set(Job.Field.STATUS, JobStatus.BLOCKED)
        .set(Job.Field.LAST_STATUS_MESSAGE, "")
        .set(Job.Field.ACCEPTED, Instant.EPOCH)
        .set(Job.Field.LAST_UPDATED, Instant.EPOCH)
        .set(Job.Field.OWNER, "")
        .set(Job.Field.SYSTEM_ID, "")
        .set(Job.Field.APP_ID, "")
        .set(Job.Field.APP_UUID, "");
  }

  private static Job full() {
    return least()
        .set(Job.Field.ID, "id")
        .set(Job.Field.NAME, "name")
        .set(Job.Field.TENANT_ID, "acme")
        .set(Job.Field.TENANT_QUEUE, "queue")
        .set(Job.Field.LAST_STATUS_MESSAGE, "message")
        .set(Job.Field.ACCEPTED, TIME)
        .set(Job.Field.CREATED, TIME)
        .set(Job.Field.ENDED, TIME)
        .set(Job.Field.LAST_UPDATED, TIME)
        .set(Job.Field.OWNER, "alice")
        .set(Job.Field.ROLES, "admin")
        .set(Job.Field.SYSTEM_ID, "cluster")
        .set(Job.Field.APP_ID, "app-1")
        .set(Job.Field.APP_UUID, "uuid")
        .set(Job.Field.WORK_PATH, "/work")
        .set(Job.Field.ARCHIVE, true)
        .set(Job.Field.ARCHIVE_ON_APP_ERROR, true)
        .set(Job.Field.ARCHIVE_PATH, "archive")
        .set(Job.Field.ARCHIVE_SYSTEM, "store")
        .set(Job.Field.NODE_COUNT, 2)
        .set(Job.Field.PROCESSORS_PER_NODE, 3)
        .set(Job.Field.MEMORY_PER_NODE, 4.0)
        .set(Job.Field.MAX_HOURS, 5.0)
        .set(Job.Field.INPUTS, Map.of("in", List.of("a")))
        .set(Job.Field.PARAMETERS, Map.of("p", "1"))
        .set(Job.Field.REMOTE_JOB_ID, "1")
        .set(Job.Field.SCHEDULER_JOB_ID, "s-1")
        .set(Job.Field.REMOTE_QUEUE, "normal")
        .set(Job.Field.REMOTE_SUBMITTED, TIME)
        .set(Job.Field.REMOTE_STARTED, TIME)
        .set(Job.Field.REMOTE_ENDED, TIME)
        .set(Job.Field.REMOTE_OUTCOME, RemoteOutcome.FAILED)
        .set(Job.Field.SUBMIT_RETRIES, 1)
        .set(Job.Field.REMOTE_STATUS_CHECKS, 2)
        .set(Job.Field.FAILED_STATUS_CHECKS, 3)
        .set(Job.Field.LAST_STATUS_CHECK, TIME)
        .set(Job.Field.BLOCKED_COUNT, 4)
        .set(Job.Field.VISIBLE, false)
        .set(Job.Field.CONDITION_CODE, ConditionCode.SCHEDULER_TIMEOUT)
        .set(Job.Field.BLOCKED_ON, "a")
        .set(Job.Field.NEXT_ATTEMPT, TIME)
        .build();
  }
}
