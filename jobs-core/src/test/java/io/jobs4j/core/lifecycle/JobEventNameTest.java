package io.jobs4j.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobEventNameTest {
  @ParameterizedTest
  @EnumSource(JobStatus.class)
  void aChangeToEachStateIsAnEventOfThatName(JobStatus status) {
    assertThat(JobEventName.of(status).name()).isEqualTo(status.name());
    assertThat(JobEventName.of(status).status()).contains(status);
  }

  @Test
  void allOtherEventsAreThoseThatAreNoChangeOfState() {
    assertThat(
            Arrays.stream(JobEventName.values()).filter(event -> event.status().isEmpty()).toList())
        .containsExactly(
            JobEventName.CREATED,
            JobEventName.UPDATED,
            JobEventName.DELETED,
            JobEventName.PERMISSION_GRANT,
            JobEventName.PERMISSION_REVOKE);
  }

  @ParameterizedTest
  @EnumSource(JobEventName.class)
  void eachNameIsUnderstood(JobEventName event) {
    assertThat(JobEventName.parse(event.name())).contains(event);
  }

  @ParameterizedTest
  @CsvSource({"KILLED, STOPPED", "archiving_failed, FAILED", "ARCHIVING_FINISHED, FINISHED"})
  void namesOfFormerStatesStandForThoseThatFollowedThem(String name, JobEventName event) {
    assertThat(JobEventName.parse(name)).contains(event);
  }
}
