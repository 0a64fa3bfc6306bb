package io.jobs4j.adapters.slurm.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTest {
  @Test
  void haveAtMostSoMany() {
    assertThat(Batches.of(List.of(1, 2, 3, 4, 5), 2))
        .containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    assertThat(Batches.of(List.of(1, 2), 2)).containsExactly(List.of(1, 2));
    assertThat(Batches.of(List.of(), 2)).isEmpty();
  }

  @Test
  void areNotLongerThanACommandTakes() {
    assertThat(Batches.of(List.of("aa", "bb", "c", "dddd", "eeeeee", "f"), 10, String::length, 5))
        .containsExactly(
            List.of("aa", "bb", "c"), List.of("dddd"), List.of("eeeeee"), List.of("f"));
  }
}
