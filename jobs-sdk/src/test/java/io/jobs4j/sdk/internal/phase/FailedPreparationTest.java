package io.jobs4j.sdk.internal.phase;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shows of a log in which secrets are. */
class FailedPreparationTest {
  private static final List<byte[]> SECRETS =
      Stream.of("sesame-and-more", "sesame", "k\u00e4se-br\u00f6tchen")
          .map(secret -> secret.getBytes(UTF_8))
          .toList();

  @ParameterizedTest
  @CsvSource({
    "nothing here, 0, nothing here",
    "nothing here, 8, here",
    "a sesame b, 0, a *** b",
    // The cut is in the middle of a secret, at its end and at its beginning.
    "a sesame b, 5, *** b",
    "a sesame b, 8, ' b'",
    "a sesame b, 2, *** b",
    "sesame-and-more, 0, ***",
    "sesame-and-mor, 0, ***-and-mor",
    "sesamesesame, 7, ***",
    "k\u00e4se-br\u00f6tchen!, 9, ***!",
  })
  void noPartOfASecretShows(String text, int from, String shown) {
    assertThat(FailedPreparation.masked(text.getBytes(UTF_8), from, SECRETS)).isEqualTo(shown);
  }
}
