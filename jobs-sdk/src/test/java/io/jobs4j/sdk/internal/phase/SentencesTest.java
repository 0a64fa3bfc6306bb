package io.jobs4j.sdk.internal.phase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentencesTest {
  @Test
  void partsWithoutAnEndGetOne() {
    assertThat(Sentences.of("It is gone", "It left nothing.", "Why? Nobody knows"))
        .isEqualTo("It is gone. It left nothing. Why? Nobody knows.");
  }

  @Test
  void endsStayAsTheyAre() {
    assertThat(Sentences.of("So!", "Why?", "And then\u2026")).isEqualTo("So! Why? And then\u2026");
    assertThat(Sentences.of("It says \"no.\"", "(It is full.)", "It says \"no\""))
        .isEqualTo("It says \"no.\" (It is full.) It says \"no\".");
    assertThat(Sentences.of(")", "\"")).isEqualTo("). \".");
  }

  @Test
  void blankPartsAreLeftOut() {
    assertThat(Sentences.of("", " It is gone \n", "  ")).isEqualTo("It is gone.");
    assertThat(Sentences.of("", "")).isEmpty();
  }
}
