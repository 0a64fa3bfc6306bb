package io.jobs4j.core.internal.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathsTest {
  @ParameterizedTest
  @ValueSource(strings = {"~", "~/x", "~alice/x", "/~/x", "$HOME", "/a/$B/c", "a/${B}", "$(id)/x"})
  void tellsPathsThatAreMeantForAShell(String text) {
    assertThat(Paths.needsShell(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "a", "/a/b", "a~/b", "x/~y", "a$", "a$/b", "5$", "$1", "a\\b"})
  void takesOtherPathsAsTheyStand(String text) {
    assertThat(Paths.needsShell(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../a", "a/..", "a/../b", "/..", "//../a", "a\0b"})
  void tellsWaysOut(String text) {
    assertThat(Paths.staysInside(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "a", "/a/b/", "...", "a/...", "..a", "a..", "a/..b/c", "./a", "a/..\n"})
  void takesPathsThatStayInside(String text) {
    assertThat(Paths.staysInside(text)).isTrue();
  }
}
