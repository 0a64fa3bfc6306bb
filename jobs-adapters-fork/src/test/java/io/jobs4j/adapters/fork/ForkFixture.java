package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler with a work directory for one job, whose processes are gone when the test ends. */
@Timeout(120)
abstract class ForkFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path temporary;

  final LocalCommandRunner runner = new LocalCommandRunner();
  final ForkScheduler scheduler = new ForkScheduler(runner);
  final List<RemoteJob> submitted = new CopyOnWriteArrayList<>();
  Path work;

  @BeforeEach
  void makeWorkDirectory() throws IOException {
    work = Files.createDirectory(temporary.resolve("it's a \"work\" $(directory) `of` \\n ü"));
  }

  @AfterEach
  void endAll() throws InterruptedException {
    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(submitted);
    for (RemoteJob job : submitted) {
      RemoteStatus status = statuses.get(job);
      if (status == null || !status.isOver()) {
        scheduler.cancel(job);
        awaitNone(job.attempt().key());
      }
    }
    scheduler.close();
    runner.close();
  }

  /** Makes a program that may be found before that of the system. */
  void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(temporary.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Submission submit(String script) throws Exception {
    return submit(spec(write(work, script)));
  }

  Submission submit(LaunchSpec spec) throws InterruptedException {
    Submission submission = scheduler.submit(spec);
    submitted.add(submission.job());
    return submission;
  }

  /** A script that goes on when {@link #open} is called. */
  String gate(String name) throws InterruptedException {
    assertThat(runner.run(Command.of("mkfifo", work + "/" + name)).exitCode()).isZero();
    return "read -r go <" + name + "\n";
  }

  /** Lets who waits at a gate go on; does not wait for ever if nobody does. */
  void open(String name) throws Exception {
    Process go =
        new ProcessBuilder("timeout", "60", "sh", "-c", "echo go >\"$1\"", "sh", name)
            .directory(work.toFile())
            .start();
    assertThat(go.waitFor()).as("somebody waits at the gate").isZero();
  }

  Optional<RemoteStatus> status(RemoteJob job) throws InterruptedException {
    return Optional.ofNullable(scheduler.statuses(List.of(job)).get(job));
  }

  RemoteStatus awaitEnd(RemoteJob job) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> status(job).orElse(RemoteStatus.queued("")), RemoteStatus::isOver);
  }

  /** Cancels and waits for the script that does it. */
  void cancelNow(RemoteJob job) throws Exception {
    for (ShellScript script : List.of(ForkScripts.MARK, ForkScripts.KILL)) {
      runner.run(
          Command.of(
              "/bin/sh",
              "-c",
              script.text(),
              "jobs4j",
              job.attempt().workPath(),
              job.attempt().key()));
    }
  }

  void awaitNone(String key) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                runner
                    .run(
                        Command.of(
                            "sh",
                            "-c",
                            "grep -lzsxF \"JOBS4J_ATTEMPT=$1\" /proc/[0-9]*/environ",
                            "sh",
                            key))
                    .output()
                    .isEmpty());
  }

  void awaitFile(String name) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.exists(work.resolve(name)));
  }

  String pidIn(String file) throws IOException {
    return Files.readString(work.resolve(file)).strip();
  }

  /** A process that ended is not alive, even if nobody has asked for its exit code yet. */
  static boolean isAlive(String pid) throws IOException {
    String state = stateOf(pid);
    return !state.isEmpty() && !state.equals("Z") && !state.equals("X");
  }

  /** The letter that the system has for the state of a process; empty if there is none. */
  static String stateOf(String pid) throws IOException {
    try {
      return statOf(pid).get(0);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** What the system says of a process, from its state on. */
  private static List<String> statOf(String pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
  }

  /** Another one for each test, so that what ends one's processes leaves the next one's alone. */
  static String keyOf(Path directory) {
    byte[] path = directory.toString().getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(path) + "-1";
  }

  static Attempt attempt(Path directory) {
    return new Attempt(keyOf(directory), directory.toString());
  }

  static Attempt write(Path directory, String script) throws IOException {
    Files.writeString(directory.resolve("it's the script.sh"), script + "\n");
    return attempt(directory);
  }

  static LaunchSpec spec(Attempt attempt) {
    return spec(attempt, null, Map.of());
  }

  static LaunchSpec spec(
      Attempt attempt, @Nullable Duration maxRunTime, Map<String, String> environment) {
    return LaunchSpec.builder(attempt)
        .name("name")
        .script("it's the script.sh")
        .output("job.out")
        .error("job.err")
        .maxRunTime(maxRunTime)
        .environment(environment)
        .build();
  }
}
