package io.jobs4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunTimesTest {
  @ParameterizedTest
  @CsvSource({
    "00:00:01, 1",
    "1:00:00, 3600",
    "01:30:00, 5400",
    "100:00:00, 360000",
    "9999:59:59, 35999999"
  })
  void runTimesAreHoursMinutesSeconds(String text, long seconds) {
    assertThat(RunTimes.parseLimit(text)).contains(Duration.ofSeconds(seconds));
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
    assertThat(RunTimes.parseLimit(text)).isEmpty();
  }

  @Test
  void longRunTimesDoNotOverflow() {
    assertThat(RunTimes.parseLimit("9999:00:00").orElseThrow().toMillis()).isEqualTo(35996400000L);
  }

  @Test
  void whatIsNoLimitMayBeZeroOrLonger() {
    assertThat(RunTimes.parse("00:00:00")).contains(Duration.ZERO);
    assertThat(RunTimes.parse("10000:00:01")).contains(Duration.ofHours(10_000).plusSeconds(1));
    assertThat(RunTimes.parse("1:0:0")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "0.0002777777777777778, PT1S",
    "1.5, PT1H30M",
    "0.016666666666666666, PT1M",
    "9999.999722222223, PT9999H59M59S"
  })
  void hoursAreMadeWholeSeconds(double hours, Duration time) {
    assertThat(RunTimes.ofHours(hours)).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00:00:00", "01:02:03", "100:00:00", "9999:59:59", "10000:00:01"})
  void runTimesAreWrittenAsTheyAreRead(String text) {
    assertThat(RunTimes.format(RunTimes.parse(text).orElseThrow())).isEqualTo(text);
    assertThat(RunTimes.format(RunTimes.parse(text).orElseThrow().plusNanos(999_999_999)))
        .isEqualTo(text);
  }
}
