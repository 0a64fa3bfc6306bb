package io.jobs4j.core.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobSlugTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wordcount|wordcount",
        "My Job|my-job",
        "  a -- b  |a-b",
        "Caf\u00e9 \u00dcbung|cafe-ubung",
        "Bob's job|bobs-job",
        "a+b_c.d|a-b-c-d",
        "../../etc|etc",
        "$(rm -rf /)|rm-rf",
        "\u65e5\u672c|job",
        "---|job",
        "''|job"
      })
  void dropsWhatFileNamesShouldNotHave(String name, String slug) {
    assertThat(JobSlug.of(name)).isEqualTo(slug);
  }

  @Test
  void isAlwaysAPlainWord() {
    for (long seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      String name =
          random
              .ints(random.nextInt(100), 0, seed % 2 == 0 ? 128 : 0xFFFF)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      assertThat(JobSlug.of(name))
          .as("seed %d", seed)
          .matches("[a-z0-9]+(-[a-z0-9]+)*")
          .hasSizeLessThanOrEqualTo(64);
    }
  }
}
