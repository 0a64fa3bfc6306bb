package io.jobs4j.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordsTest {
  private static final int WORDS_PER_SHELL = 500;

  private static final List<String> DANGERS =
      List.of(
          "'",
          "\"",
          "\\",
          "\n",
          "\r",
          "\t",
          " ",
          "$",
          "`",
          "$(echo no)",
          "`echo no`",
          "${HOME}",
          "$HOME",
          "$((1+1))",
          ";",
          "&",
          "|",
          "<",
          ">",
          "(",
          ")",
          "{a,b}",
          "*",
          "?",
          "[a-z]",
          "~",
          "~root",
          "!",
          "!!",
          "#",
          "%s",
          "%",
          "=",
          "-",
          "--",
          "-n",
          "-e",
          "'\\''",
          "\\'",
          "'\"'",
          "a",
          "Z",
          "0",
          "é",
          "ß",
          "漢字",
          "😀",
          "\u2028",
          "\u00a0",
          "\ufeff",
          "\u0001",
          "\u001b[0m",
          "\u007f",
          "&&",
          "||",
          ">/dev/null",
          "$'\\n'",
          "EOF",
          "\\\n",
          "''");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void aShellReadsBackWhatWasQuoted(long seed) throws InterruptedException {
    Random random = new Random(seed);
    List<String> words = new ArrayList<>(DANGERS);
    words.add("");
    while (words.size() < WORDS_PER_SHELL) {
      words.add(word(random));
    }

    assertThat(readBack(words)).as("seed %d", seed).isEqualTo(words);
  }

  @Test
  void aShellReadsBackAnyCharacter() throws InterruptedException {
    List<String> words = new ArrayList<>();
    for (int c = 1; c < 0x3000; c++) {
      words.add(Character.toString(c));
    }

    assertThat(readBack(words)).isEqualTo(words);
  }

  @Test
  void refusesWhatNoWordCanHold() {
    assertThatThrownBy(() -> ShellWords.quote("a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a shell word cannot hold a NUL character");
  }

  private static String word(Random random) {
    StringBuilder word = new StringBuilder();
    int pieces = random.nextInt(8);
    for (int i = 0; i < pieces; i++) {
      word.append(
          random.nextInt(4) == 0
              ? Character.toString(1 + random.nextInt(0xD7FF))
              : DANGERS.get(random.nextInt(DANGERS.size())));
    }
    return word.toString();
  }

  /** What the words are to a shell that has read them as program text. */
  private static List<String> readBack(List<String> words) throws InterruptedException {
    Command shell =
        new Command(
            List.of("sh"),
            null,
            Map.of(),
            false,
            "printf '%s\\0' " + ShellWords.join(words) + "\n",
            Duration.ofMinutes(1),
            1 << 22);
    try (LocalCommandRunner runner = new LocalCommandRunner()) {
      CommandResult result = runner.run(shell);
      assertThat(result.error()).isEmpty();
      assertThat(result.exitCode()).isZero();
      assertThat(result.truncated()).isFalse();
      assertThat(result.output()).endsWith("\0");
      String all = result.output();
      return List.of(all.substring(0, all.length() - 1).split("\0", -1));
    }
  }
}
