package io.jobs4j.core.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShellScriptTest {
  @Test
  void itsPartsFollowEachOtherWithoutLinesThatAreComments() {
    assertThat(ShellScript.of(ShellScriptTest.class, "first", "second").text())
        .isEqualTo("say() {\n  echo \"# $1\" # stays\n}\nsay SUBJECT\n");
  }

  @Test
  void aWordIsReplaced() {
    ShellScript script = ShellScript.of(ShellScriptTest.class, "second");
    assertThat(script.with("SUBJECT", () -> "$1 \\1").text()).isEqualTo("say $1 \\1\n");
    assertThat(script.text()).isEqualTo("say SUBJECT\n");
  }

  @Test
  void aReadThatFailedIsTriedAgainAndOneThatDidNotIsKept() {
    AtomicInteger reads = new AtomicInteger();
    ShellScript script =
        ShellScript.of(ShellScriptTest.class, "second")
            .with(
                "SUBJECT",
                () -> {
                  if (reads.incrementAndGet() == 1) {
                    throw new IllegalStateException("not now");
                  }
                  return "hello";
                });
    assertThatThrownBy(script::text).hasMessage("not now");
    assertThat(script.text()).isEqualTo("say hello\n").isSameAs(script.text());
    assertThat(reads).hasValue(2);
  }

  @Test
  void aFileThatIsMissingIsNamed() {
    assertThatThrownBy(ShellScript.of(ShellScriptTest.class, "none")::text)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.sh beside " + ShellScriptTest.class.getName());
  }
}
