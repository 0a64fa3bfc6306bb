package io.jobs4j.core.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "1.5GB, 1.5",
    "200MB, 0.1953125",
    "512mb, 0.5",
    "1048576KB, 1",
    "1Tb, 1024",
    ".5TB, 512",
    "0.5, 0.5",
    "007GB, 7"
  })
  void memoryHasBinaryUnits(String text, double gigabytes) {
    assertThat(Quantities.memory(text).orElseThrow()).isCloseTo(gigabytes, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0.0GB",
        "-1",
        "+1",
        "1e3",
        "GB",
        "1 GB",
        "1B",
        "1PB",
        "1.GB",
        "1,5GB",
        "1.5.1",
        "NaN",
        "Infinity",
        "1GBs",
        "\u0661GB",
        "0x10"
      })
  void otherMemoryIsRefused(String text) {
    assertThat(Quantities.memory(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "00:00:01, 1",
    "1:00:00, 3600",
    "01:30:00, 5400",
    "100:00:00, 360000",
    "9999:59:59, 35999999"
  })
  void runTimesAreHoursMinutesSeconds(String text, long seconds) {
    assertThat(Quantities.runTime(text)).contains(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "01:00",
        "1",
        "00:00:00",
        "10000:00:00",
        "00:60:00",
        "00:00:60",
        "1:0:0",
        "-1:00:00",
        "01:00:00 ",
        "\u0661:00:00",
        "1-00:00:00"
      })
  void otherRunTimesAreRefused(String text) {
    assertThat(Quantities.runTime(text)).isEmpty();
  }

  @Test
  void longRunTimesDoNotOverflow() {
    assertThat(Quantities.runTime("9999:00:00").orElseThrow().toMillis()).isEqualTo(35996400000L);
  }
}
