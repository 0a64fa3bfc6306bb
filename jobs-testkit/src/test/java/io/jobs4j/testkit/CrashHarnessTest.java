package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashHarnessTest {
  @TempDir Path directory;

  @Test
  void processesAreKilledAgainAndAgainAfterSomeProgress() throws Exception {
    Path lines = directory.resolve("lines");
    try (CrashHarness harness =
        writer("endless").progressInLines(lines).mostProgress(5).seed(3).build()) {
      long progress = harness.killAtRandom(3);
      assertThat(progress).isGreaterThanOrEqualTo(3);
    }
    List<String> pids = Files.readAllLines(lines).stream().distinct().toList();
    assertThat(pids.stream().filter(pid -> !pid.isEmpty())).hasSizeGreaterThanOrEqualTo(3);
    assertThat(directory.resolve("hook")).doesNotExist();
  }

  @Test
  void aProcessThatEndsByItselfIsToldOf() {
    try (CrashHarness harness =
        writer("fail").progressInLines(directory.resolve("none")).seed(3).build()) {
      assertThatThrownBy(() -> harness.killAtRandom(1))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("exit code 4")
          .hasMessageContaining("seed 3, round 1")
          .hasMessageContaining("line 299")
          .hasMessageContaining("line 100\n")
          .hasMessageNotContaining("line 99\n");
    }
  }

  @Test
  void aProcessThatDoesNotGetOnIsToldOf() {
    try (CrashHarness harness =
        writer("endless").progress(() -> 0).patience(Duration.ofMillis(50)).build()) {
      assertThatThrownBy(() -> harness.killAtRandom(1))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("progress");
    }
  }

  @Test
  void withoutProgressNothingIsKilledAtRandom() {
    try (CrashHarness harness = writer("endless").build()) {
      assertThatThrownBy(() -> harness.killAtRandom(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("progress");
    }
  }

  @Test
  void aProcessDiesExactlyWhereItIsTold() throws Exception {
    try (CrashHarness harness = writer("endless").build()) {
      harness.dieAt("written", 3);
      assertThat(Files.readAllLines(directory.resolve("lines"))).hasSize(3);
      assertThat(directory.resolve("hook")).doesNotExist();
    }
  }

  @Test
  void aProcessThatDoesNotComeThereIsToldOf() throws Exception {
    try (CrashHarness harness = writer("fail").build()) {
      assertThatThrownBy(() -> harness.dieAt("written", 1))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("exit code 4")
          .hasMessageContaining("written:1")
          .hasMessageContaining("line 299");
    }
  }

  @Test
  void aPausedProcessDoesNothingUntilItGoesOn() throws Exception {
    Path lines = directory.resolve("lines");
    try (CrashHarness harness = writer("endless").build()) {
      ChildJvm child = harness.start();
      child.awaitUntil("it wrote", () -> size(lines) > 0);
      child.pause();
      long size = size(lines);
      assertThat(child.endsWithin(Duration.ofMillis(50).toNanos())).isFalse();
      assertThat(size(lines)).isEqualTo(size);
      child.resume();
      child.awaitUntil("it wrote on", () -> size(lines) > size);
      child.kill();
      assertThat(child.awaitExit()).isEqualTo(137);
      assertThatThrownBy(child::pause)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("STOP");
    }
  }

  @Test
  void closingEndsAllAlsoThosePaused() throws Exception {
    Path lines = directory.resolve("lines");
    ChildJvm one;
    ChildJvm other;
    try (CrashHarness harness = writer("endless").build()) {
      one = harness.start();
      other = harness.start();
      other.awaitUntil("one of them wrote", () -> size(lines) > 0);
      other.pause();
    }
    assertThat(one.isAlive()).isFalse();
    assertThat(other.isAlive()).isFalse();
  }

  @Test
  void whatAProcessWritesIsKeptWhereThatIsWanted() throws Exception {
    Path logs = directory.resolve("logs");
    List<String> command = List.of("sh", "-c", "echo said");
    try (ChildJvm child = ChildJvm.start(command, "a.b.Main", logs, Duration.ofMinutes(1))) {
      assertThat(child.awaitExit()).isZero();
      assertThat(child.lastOutput()).isEqualTo("said");
    }
    try (Stream<Path> files = Files.list(logs)) {
      assertThat(files)
          .singleElement()
          .satisfies(
              file -> {
                assertThat(file.getFileName().toString()).startsWith("Main-").endsWith(".log");
                assertThat(file).hasContent("said");
              });
    }
    ChildJvm forgotten = ChildJvm.start(command, "a.b.Main", null, Duration.ofMinutes(1));
    assertThat(forgotten.awaitExit()).isZero();
    assertThat(forgotten.lastOutput()).isEqualTo("said");
    forgotten.close();
    assertThat(forgotten.lastOutput()).isEmpty();
  }

  @Test
  void aCrashPointIsFatalWhenItsTimeHasCome() {
    AtomicLong reached = new AtomicLong();
    assertThat(CrashPoint.isFatal("a", null, reached)).isFalse();
    assertThat(CrashPoint.isFatal("a", "b", reached)).isFalse();
    assertThat(CrashPoint.isFatal("a", "a", reached)).isTrue();
    assertThat(CrashPoint.isFatal("a", "a:2", reached)).isTrue();
    assertThat(CrashPoint.isFatal("a", "a:2", reached)).isFalse();
    for (String wrong : List.of("a:", "a:0", "a:x")) {
      assertThatThrownBy(() -> CrashPoint.isFatal("a", wrong, reached))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(wrong);
    }
  }

  private CrashHarness.Builder writer(String mode) {
    return CrashHarness.of(Writer.class)
        .jvmOptions("-Xshare:auto", "-XX:TieredStopAtLevel=1")
        .arguments(mode, directory.toString());
  }

  private static long size(Path file) {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Writes its process id on lines of a file without end, or much on standard error, and fails. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      if (arguments[0].equals("fail")) {
        for (int i = 0; i < 300; i++) {
          System.err.println("line " + i);
        }
        System.exit(4);
      }
      Path directory = Path.of(arguments[1]);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      Files.createFile(directory.resolve("hook"));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  }));
      while (true) {
        Files.writeString(
            directory.resolve("lines"),
            ProcessHandle.current().pid() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
        CrashPoint.reached("written");
      }
    }
  }
}
