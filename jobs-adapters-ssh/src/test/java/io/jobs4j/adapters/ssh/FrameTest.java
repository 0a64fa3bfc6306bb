package io.jobs4j.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  private static final String TOKEN = "jobs4j-token";

  @Test
  void takesWhatIsBetweenTheMarkers() {
    Frame frame = new Frame(TOKEN, 100);
    feed(frame, "Welcome!\nmotd\n\njobs4j-token 123\nout\nmore\n\njobs4j-token 7\nleft behind");

    assertThat(frame.begin()).isEqualTo("123");
    assertThat(text(frame)).isEqualTo("out\nmore\n");
    assertThat(frame.end()).isEqualTo("7");
    assertThat(frame.noise()).isEqualTo("Welcome!\nmotd\n");
    assertThat(frame.overflowed()).isFalse();
  }

  @Test
  void keepsOutputWithoutALastLineBreakAndWithNone() {
    Frame frame = new Frame(TOKEN, 100);
    feed(frame, "\njobs4j-token 1\nno end\njobs4j-token 0\n");
    assertThat(text(frame)).isEqualTo("no end");

    Frame empty = new Frame(TOKEN, 100);
    feed(empty, "\njobs4j-token 1\n\njobs4j-token 0\n");
    assertThat(text(empty)).isEmpty();
    assertThat(empty.end()).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\njobs4j-token",
        "\njobs4j-toke",
        "\n\njobs4j-tokem 1\n",
        "\n\n\n",
        "jobs4j-token 9\n",
        "\njobs4j\njobs4j-token-not\n"
      })
  void whatLooksLikeAMarkerIsContent(String content) {
    Frame frame = new Frame(TOKEN, 100);
    feed(frame, "\njobs4j-token 1\n" + content + "\njobs4j-token 0\n");

    assertThat(text(frame)).isEqualTo(content);
    assertThat(frame.end()).isEqualTo("0");
  }

  @Test
  void doesNotMindWhereReadsEnd() {
    Random random = new Random(4711);
    List<String> pieces = List.of("\n", "jobs4j-token ", "jobs4j-", "x", "1", "\u00e9", "token");
    for (int round = 0; round < 300; round++) {
      StringBuilder content = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        content.append(pieces.get(random.nextInt(pieces.size())));
      }
      String inside = content.toString().replace("\njobs4j-token ", "\njobs4j-token_");
      byte[] all =
          ("noise\njobs4j-token 1\n" + inside + "\njobs4j-token 3\n")
              .getBytes(StandardCharsets.UTF_8);
      Frame frame = new Frame(TOKEN, 1000);
      for (int at = 0; at < all.length; ) {
        int count = Math.min(all.length - at, 1 + random.nextInt(5));
        byte[] read = new byte[8];
        System.arraycopy(all, at, read, 0, count);
        frame.feed(read, count);
        at += count;
      }

      assertThat(text(frame)).as("round %s", round).isEqualTo(inside);
      assertThat(frame.end()).isEqualTo("3");
    }
  }

  @Test
  void keepsUpToTheLimitAndSaysSo() {
    Frame frame = new Frame(TOKEN, 3);
    feed(frame, "\njobs4j-token 1\nabcdef\njobs4j-token 0\n");

    assertThat(text(frame)).isEqualTo("abc");
    assertThat(frame.overflowed()).isTrue();

    Frame exact = new Frame(TOKEN, 3);
    feed(exact, "\njobs4j-token 1\nabc\njobs4j-token 0\n");
    assertThat(exact.overflowed()).isFalse();
  }

  @Test
  void knowsWhenItHasALine() {
    Frame frame = new Frame(TOKEN, 100);
    feed(frame, "greeting\n\njobs4j-token -\nhel");
    assertThat(frame.hasLine()).isFalse();
    feed(frame, "lo\n");

    assertThat(frame.hasLine()).isTrue();
    assertThat(text(frame)).isEqualTo("hello");
  }

  private static void feed(Frame frame, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    frame.feed(bytes, bytes.length);
  }

  private static String text(Frame frame) {
    return new String(frame.content(), StandardCharsets.UTF_8);
  }
}
