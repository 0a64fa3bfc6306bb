package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollIntervalTest {
  @ParameterizedTest
  @CsvSource({"PT0S,1", "PT59S,1", "PT1M,5", "PT9M,5", "PT10M,15", "PT59M,15", "PT1H,60", "P9D,60"})
  void jobsArePolledMoreRarelyAsTheyAge(Duration age, long seconds) {
    assertThat(PollInterval.at(age)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"1,2", "2,4", "5,32", "6,60", "1000,60"})
  void aSystemThatDoesNotAnswerIsAskedMoreAndMoreRarely(int failures, long seconds) {
    assertThat(PollInterval.afterFailures(failures)).isEqualTo(Duration.ofSeconds(seconds));
  }
}
