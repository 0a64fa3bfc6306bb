package io.jobs4j.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
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
    assertThat(Memory.parse(text, Memory.Unit.TB).orElseThrow().gigabytes())
        .isCloseTo(gigabytes, within(1e-12));
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
    assertThat(Memory.parse(text, Memory.Unit.TB)).isEmpty();
  }

  @Test
  void theLargestUnitIsUpToTheCaller() {
    assertThat(Memory.parse("1PB", Memory.Unit.EB)).contains(new Memory(1024 * 1024));
    assertThat(Memory.parse("1EB", Memory.Unit.EB)).contains(new Memory(1024 * 1024 * 1024));
    assertThat(Memory.parse("1TB", Memory.Unit.GB)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void memoryIsAboveZero(double gigabytes) {
    assertThatThrownBy(() -> new Memory(gigabytes)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void memoryHasAnOrderAndAText() {
    assertThat(new Memory(1.5)).isLessThan(new Memory(2)).hasToString("1.5GB");
  }
}
