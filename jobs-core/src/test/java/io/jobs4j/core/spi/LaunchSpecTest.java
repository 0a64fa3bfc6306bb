package io.jobs4j.core.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Memory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchSpecTest {
  private static final Attempt ATTEMPT = new Attempt("attempt-1", "/work");

  @Test
  void whatIsNotSetIsTheLeast() {
    assertThat(spec().build())
        .isEqualTo(
            new LaunchSpec(
                ATTEMPT, "name", "job.sh", "out", "err", 1, 1, null, null, null, Map.of()));
  }

  @Test
  void aCopyHasAllOfItsOriginal() {
    LaunchSpec spec =
        new LaunchSpec(
            ATTEMPT,
            "name",
            "job.sh",
            "out",
            "err",
            2,
            3,
            new Memory(1.5),
            Duration.ofHours(1),
            new BatchQueue("q", null, -1, -1, -1, -1, null, null, null, true),
            Map.of("A", "b"));
    assertThat(spec.toBuilder().build()).isEqualTo(spec);
    Attempt again = new Attempt("attempt-2", "/work");
    assertThat(spec.toBuilder().attempt(again).build())
        .satisfies(copy -> assertThat(copy.attempt()).isEqualTo(again))
        .usingRecursiveComparison()
        .ignoringFields("attempt")
        .isEqualTo(spec);
  }

  @Test
  void whatEveryJobHasMustBeSet() {
    LaunchSpec.Builder builder = LaunchSpec.builder(ATTEMPT).name("name").script("job.sh");
    assertThatThrownBy(builder::build)
        .isInstanceOf(NullPointerException.class)
        .hasMessage("output");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT-0.000000001S"})
  void aLimitOfTheRunTimeIsAboveZero(String limit) {
    LaunchSpec.Builder builder = spec().maxRunTime(Duration.parse(limit));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxRunTime must be above zero, not " + limit);
  }

  private static LaunchSpec.Builder spec() {
    return LaunchSpec.builder(ATTEMPT).name("name").script("job.sh").output("out").error("err");
  }
}
