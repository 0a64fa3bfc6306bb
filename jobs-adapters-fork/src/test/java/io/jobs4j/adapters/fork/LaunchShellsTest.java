package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.DetachedCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LaunchShellsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern CLAIM = Pattern.compile("jobs4j run (\\d+) ?");

  @TempDir private Path temporary;

  private final LocalCommandRunner runner = new LocalCommandRunner();
  private final LaunchShells shells = new LaunchShells(runner);

  @AfterEach
  void close() {
    shells.close();
    runner.close();
  }

  @Test
  void oneShellRunsOneJobAfterTheOtherEachInASessionOfItsOwn() throws Exception {
    Path first = work("first", "env -i sleep 300 &\n:");
    Path second = work("second", ":");

    ended(launch(first, PATIENCE));
    ended(launch(second, PATIENCE));

    assertThat(shellOf(second)).isEqualTo(shellOf(first));
    long session = numberIn(first.resolve("session"));
    assertThat(numberIn(second.resolve("session"))).isNotEqualTo(session);
    assertThat(first.resolve(".jobs4j/first.run"))
        .content()
        .contains("\njob " + session + " job\n");
    assertThat(runner.run(Command.of("pkill", "-s", Long.toString(session))).succeeded())
        .as("what the first left behind")
        .isTrue();
  }

  @Test
  void jobsThatRunAtOnceHaveShellsOfTheirOwn() throws Exception {
    Path one = work("one", "until [ -e go ]; do sleep 0.05; done");
    Path other = work("other", ":");

    DetachedCommand running = launch(one, PATIENCE);
    ended(launch(other, PATIENCE));

    assertThat(shellOf(other)).isNotEqualTo(shellOf(one));
    Files.createFile(one.resolve("go"));
    ended(running);
  }

  @Test
  void aShellThatWasKilledIsNotMissed() throws Exception {
    Path first = work("first", ":");
    ended(launch(first, PATIENCE));
    ProcessHandle.of(shellOf(first)).orElseThrow().destroyForcibly();
    Path next = work("next", ":");

    DetachedCommand launched = launch(next, PATIENCE);

    assertThat(launched.firstLine()).matches(CLAIM);
    ended(launched);
    assertThat(shellOf(next)).isNotEqualTo(shellOf(first));
  }

  @Test
  void anInterruptedLaunchGoesOnAndItsShellIsUsedAgain() throws Exception {
    Path first = work("first", ":");
    ended(launch(first, PATIENCE));
    Path interrupted = work("interrupted", ":");
    signal("STOP", shellOf(first));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> launch(interrupted, PATIENCE))
        .isInstanceOf(InterruptedException.class);

    signal("CONT", shellOf(first));
    await().atMost(PATIENCE).until(() -> recordOf(interrupted).contains("\nend 0 exited "));
    assertThat(shellOf(interrupted)).isEqualTo(shellOf(first));
  }

  @Test
  void aStoppedShellHoldsNobodyUpAndIsNotUsedAgain() throws Exception {
    Path first = work("first", ":");
    ended(launch(first, PATIENCE));
    long shell = shellOf(first);
    signal("STOP", shell);
    Path late = work("late", ":");
    Path next = work("next", ":");

    DetachedCommand silent = launch(late, Duration.ofMillis(300));
    ended(launch(next, PATIENCE));

    assertThat(silent.firstLine()).isEmpty();
    assertThat(shellOf(next)).isNotEqualTo(shell);
    signal("CONT", shell);
    ended(silent);
    assertThat(shellOf(late)).isEqualTo(shell);
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(shell).isEmpty());
  }

  @Test
  void shellsEndWithThePoolAndJobsGoOn() throws Exception {
    Path busy = work("busy", "until [ -e go ]; do sleep 0.05; done; touch done");
    Path idle = work("idle", ":");
    launch(busy, PATIENCE);
    ended(launch(idle, PATIENCE));
    await().atMost(PATIENCE).until(() -> Files.exists(busy.resolve("session")));

    shells.close();

    await().atMost(PATIENCE).until(() -> ProcessHandle.of(shellOf(idle)).isEmpty());
    assertThat(ProcessHandle.of(shellOf(busy))).isPresent();
    Files.createFile(busy.resolve("go"));
    await().atMost(PATIENCE).until(() -> ProcessHandle.of(shellOf(busy)).isEmpty());
    assertThat(busy.resolve("done")).exists();
    assertThat(busy.resolve(".jobs4j/busy.run")).content().contains("\nend 0 exited ");
  }

  @Test
  void interruptsReachAJob() throws Exception {
    Path directory = work("work", "kill -s INT $$");

    ended(launch(directory, PATIENCE));

    assertThat(directory.resolve(".jobs4j/work.run")).content().contains("\nend 130 exited ");
  }

  /** A job that first notes the shell that launches it, and its session. */
  private Path work(String name, String script) throws IOException {
    Path directory = Files.createDirectories(temporary.resolve(name));
    Files.createDirectory(directory.resolve(".jobs4j"));
    Files.writeString(
        directory.resolve("script"),
        "cut -d ' ' -f 4 /proc/$PPID/stat >shell\ncut -d ' ' -f 6 /proc/$$/stat >session\n"
            + script
            + "\n");
    return directory;
  }

  private static String recordOf(Path directory) throws IOException {
    Path record = directory.resolve(".jobs4j/" + directory.getFileName() + ".run");
    return Files.exists(record) ? Files.readString(record) : "";
  }

  private static long shellOf(Path directory) throws IOException {
    return numberIn(directory.resolve("shell"));
  }

  private static long numberIn(Path file) throws IOException {
    return Long.parseLong(Files.readString(file).strip());
  }

  private void signal(String signal, long process) throws InterruptedException {
    runner.run(Command.of("kill", "-s", signal, Long.toString(process)));
  }

  private DetachedCommand launch(Path directory, Duration limit) throws InterruptedException {
    String name = directory.getFileName().toString();
    return shells
        .launch(
            Map.of("PATH", BaseEnvironment.PATH),
            List.of(directory.toString(), name, "out", "err", "", "", "script"),
            "# jobs4j environment\n# jobs4j end",
            limit)
        .orElseThrow();
  }

  private static void ended(DetachedCommand job) throws Exception {
    job.onExit().orElseThrow().toCompletableFuture().get(1, TimeUnit.MINUTES);
  }
}
