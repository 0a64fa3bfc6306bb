package io.jobs4j.sdk.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.store.Stored;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00:00:00, 0, 0",
    "0.0002777777777777778, 00:00:01, 1, 1000",
    "1.5, 01:30:00, 5400, 5400000",
    "100.01694444444445, 100:01:01, 360061, 360061000",
    "9999.999722222223, 9999:59:59, 35999999, 35999999000"
  })
  void theLongestRunTimeIsWrittenInThreeWays(
      double maxHours, String clock, String seconds, String milliseconds) {
    assertThat(JobVariables.of(job(maxHours, 0), Definitions.system(null), "/work"))
        .containsEntry("AGAVE_JOB_MAX_RUNTIME", clock)
        .containsEntry("AGAVE_JOB_MAX_RUNTIME_SECONDS", seconds)
        .containsEntry("AGAVE_JOB_MAX_RUNTIME_MILLISECONDS", milliseconds);
  }

  @Test
  void memoryIsGigabytes() {
    assertThat(JobVariables.of(job(1, 1.5), Definitions.system(null), "/work"))
        .containsEntry("AGAVE_JOB_MEMORY_PER_NODE", "1.5");
    assertThat(JobVariables.of(job(1, 0), Definitions.system(null), "/work"))
        .containsEntry("AGAVE_JOB_MEMORY_PER_NODE", "0.0");
  }

  private static Job job(double maxHours, double memory) {
    return Stored.job().toBuilder()
        .set(Job.Field.MAX_HOURS, maxHours)
        .set(Job.Field.MEMORY_PER_NODE, memory)
        .build();
  }
}
