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
    Job.Builder job = Job.builder();
    for (Job.Field field : Job.Field.ALL) {
      job.set(field, value(field));
    }
    return job.build();
  }

  private static Object value(Job.Field field) {
    int number = Job.Field.ALL.indexOf(field) + 2;
    return switch (field.kind()) {
      case TEXT -> field.documentName();
      case WORD -> field.type().getEnumConstants()[1];
      case TIME -> TIME.plusSeconds(number);
      case COUNT -> number;
      case DECIMAL -> number + 0.5;
      case FLAG -> !Boolean.TRUE.equals(field.otherwise());
      case INPUTS -> Map.of("in", List.of("a"));
      case PARAMETERS -> Map.of("p", "1");
    };
  }
}
