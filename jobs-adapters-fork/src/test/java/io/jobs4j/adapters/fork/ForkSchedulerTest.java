package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ForkSchedulerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path temporary;

  private final LocalCommandRunner runner = new LocalCommandRunner();
  private final ForkScheduler scheduler = new ForkScheduler(runner);
  private final List<RemoteJob> submitted = new CopyOnWriteArrayList<>();
  private Path work;

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

  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(RemoteSchedulerProvider.class))
        .extracting(RemoteSchedulerProvider::scheduler)
        .containsExactly("FORK");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 124, 128, 160, 255})
  void saysWhatAJobReturned(int code) throws Exception {
    RemoteJob job = submit("exit " + code).job();

    RemoteStatus end = awaitEnd(job);

    assertThat(end.state()).isEqualTo(State.ENDED);
    assertThat(end.cause()).isEqualTo(Cause.EXITED);
    assertThat(end.exitCode()).hasValue(code);
    assertThat(end.signal()).isEmpty();
    assertThat(end.started()).isNotNull().isBeforeOrEqualTo(end.ended());
  }

  @ParameterizedTest
  @CsvSource({"KILL, 9", "TERM, 15", "SEGV, 11"})
  void saysWhichSignalEndedAJob(String name, int signal) throws Exception {
    RemoteJob job = submit("kill -s " + name + " $$").job();

    RemoteStatus end = awaitEnd(job);

    assertThat(end.cause()).isEqualTo(Cause.SIGNALLED);
    assertThat(end.signal()).hasValue(signal);
    assertThat(end.exitCode()).isEmpty();
  }

  @Test
  void runsAnAttemptOnceHoweverOftenItIsSubmitted() throws Exception {
    LaunchSpec spec = spec(write(work, "echo once >>count"));
    RemoteJob job = submit(spec).job();
    assertThat(submit(spec).job()).isEqualTo(job);
    awaitEnd(job);

    Submission late = submit(spec);

    assertThat(late.job()).isEqualTo(job);
    assertThat(late.status().state()).isEqualTo(State.ENDED);
    assertThat(late.status().exitCode()).hasValue(0);
    assertThat(work.resolve("count")).hasContent("once");
  }

  @Test
  void runsAnAttemptOnceIfManySubmitItAtOnce() throws Exception {
    write(work, "echo once >>count");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 1; round <= 5; round++) {
        LaunchSpec spec = spec(Attempt.of("race", round, work.toString()), null, Map.of());
        List<Callable<Submission>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          calls.add(
              () -> {
                try (ForkScheduler other = new ForkScheduler(runner)) {
                  return other.submit(spec);
                }
              });
        }
        List<RemoteJob> jobs = new ArrayList<>();
        for (Future<Submission> submission : threads.invokeAll(calls)) {
          jobs.add(submission.get().job());
        }

        assertThat(jobs).hasSize(8).containsOnly(jobs.get(0));
        submitted.add(jobs.get(0));
        awaitEnd(jobs.get(0));
        assertThat(Files.readAllLines(work.resolve("count"))).hasSize(round);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void worksThroughARunnerThatCannotListen() throws Exception {
    CountingRunner deaf = CountingRunner.far(runner);
    try (ForkScheduler far = new ForkScheduler(deaf)) {
      Submission submission = far.submit(spec(write(work, gate("gate"))));
      submitted.add(submission.job());

      assertThat(submission.status().state()).isEqualTo(State.RUNNING);
      assertThat(submission.job()).isEqualTo(far.find(attempt(work)).orElseThrow());
      open("gate");
      assertThat(awaitEnd(submission.job()).succeeded()).isTrue();
    }
  }

  @Test
  void findsAJobOnlyOnceItWasLaunched() throws Exception {
    assertThat(scheduler.find(attempt(work))).isEmpty();
    assertThat(scheduler.find(attempt(temporary.resolve("none")))).isEmpty();

    RemoteJob job = submit("exit 0").job();

    assertThat(scheduler.find(attempt(work))).contains(job);
    assertThat(job.remoteJobId()).matches("[1-9][0-9]*");
  }

  @Test
  void followsAJobThatALaunchBeforeTheDeathOfItsJvmLeft() throws Exception {
    write(work, gate("gate") + "exit 5\n");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                work.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    RemoteJob job;
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
      job = new RemoteJob(reader.readLine(), attempt(work));
      submitted.add(job);
    } finally {
      jvm.destroyForcibly().waitFor();
    }

    assertThat(scheduler.find(attempt(work))).contains(job);
    assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.RUNNING);
    open("gate");
    assertThat(awaitEnd(job).exitCode()).hasValue(5);
  }

  @Test
  void cancelEndsAllThatAJobStarted() throws Exception {
    RemoteJob job =
        submit(
                """
                trap '' TERM
                sleep 301 & echo $! >child
                setsid sleep 302 & echo $! >far
                env -i /bin/sleep 303 & echo $! >bare
                (setsid sh -c 'sleep 304 & echo $! >orphan')
                touch ready
                while :; do sleep 1; done
                """)
            .job();
    awaitFile("ready");
    List<String> processes = new ArrayList<>();
    for (String name : List.of("child", "far", "bare", "orphan")) {
      processes.add(pidIn(name));
    }
    for (String process : processes) {
      assertThat(isAlive(process)).isTrue();
    }

    scheduler.cancel(job);
    scheduler.cancel(job);
    RemoteStatus end = awaitEnd(job);

    assertThat(end.cause()).isEqualTo(Cause.CANCELLED);
    assertThat(end.signal()).hasValue(9);
    for (String process : processes) {
      assertThat(isAlive(process)).isFalse();
    }
  }

  @Test
  void cancelLetsAJobEndByItself() throws Exception {
    RemoteJob job =
        submit("trap 'echo bye; exit 0' TERM\ntouch ready\nwhile :; do sleep 0.1; done").job();
    awaitFile("ready");

    scheduler.cancel(job);

    RemoteStatus end = awaitEnd(job);
    assertThat(end.cause()).isEqualTo(Cause.CANCELLED);
    assertThat(end.succeeded()).isFalse();
    assertThat(work.resolve("job.out")).hasContent("bye");
  }

  @Test
  void cancelOfAnEndedJobChangesNothing() throws Exception {
    RemoteJob job = submit("setsid sleep 305 & echo $! >left; exit 4").job();
    RemoteStatus end = awaitEnd(job);
    ProcessHandle left = ProcessHandle.of(Long.parseLong(pidIn("left"))).orElseThrow();

    try {
      scheduler.cancel(job);
      cancelNow(job);

      assertThat(status(job)).contains(end);
      assertThat(end.exitCode()).hasValue(4);
      assertThat(left.isAlive()).isTrue();
    } finally {
      left.destroyForcibly();
    }
  }

  @Test
  void anAttemptCancelledBeforeItsLaunchIsNotStarted() throws Exception {
    RemoteJob unborn = new RemoteJob("0", attempt(work));
    cancelNow(unborn);
    assertThat(status(unborn)).get().extracting(RemoteStatus::cause).isEqualTo(Cause.CANCELLED);

    RemoteJob job = submit("touch started").job();

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(work.resolve("started")).doesNotExist();
  }

  @Test
  void cancelOfAHeldJobEndsIt() throws Exception {
    RemoteJob job = submit("touch ready; sleep 306").job();
    awaitFile("ready");
    scheduler.hold(job);

    scheduler.cancel(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
  }

  @Test
  void cancelReachesAJobWhoseWrapperWasKilled() throws Exception {
    RemoteJob job = submit("echo $$ >script; touch ready; sleep 307; :").job();
    awaitFile("ready");
    ProcessHandle.of(Long.parseLong(job.remoteJobId())).orElseThrow().destroyForcibly();
    await().atMost(PATIENCE).until(() -> !isAlive(job.remoteJobId()));
    assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.RUNNING);

    scheduler.cancel(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(isAlive(pidIn("script"))).isFalse();
  }

  @Test
  void aJobThatDiesWithItsWrapperIsLost() throws Exception {
    try (ForkScheduler other = new ForkScheduler(CountingRunner.far(runner))) {
      RemoteJob job = other.submit(spec(write(work, "kill -s KILL 0"))).job();
      submitted.add(job);

      RemoteStatus end = awaitEnd(job);

      assertThat(end.state()).isEqualTo(State.LOST);
      assertThat(end.started()).isNotNull();
    }
  }

  @Test
  void aJobThatKillsItsGroupHasASessionOfItsOwnHere() throws Exception {
    RemoteJob job = submit("kill -s KILL 0").job();

    assertThat(awaitEnd(job).signal()).hasValue(9);
  }

  @Test
  void recordsTheEndOfAJobThatSignalsItsGroup() throws Exception {
    RemoteJob job = submit("kill -s TERM 0; sleep 308").job();

    assertThat(awaitEnd(job).signal()).hasValue(15);
  }

  @Test
  void endsAJobAndItsStragglersAtTheTimeLimit() throws Exception {
    Attempt attempt =
        write(
            work,
            "setsid sh -c 'trap \"\" TERM; echo $$ >far; while :; do sleep 1; done' &\n"
                + "while ! [ -s far ]; do sleep 0.02; done\nsleep 309; exit 7");
    RemoteJob job = submit(spec(attempt, Duration.ofMillis(1500), Map.of())).job();

    RemoteStatus end = awaitEnd(job);

    assertThat(end.cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(end.exitCode()).isEmpty();
    assertThat(isAlive(pidIn("far"))).isFalse();
  }

  @Test
  void endsAJobThatIgnoresItsTimeLimit() throws Exception {
    Attempt attempt = write(work, "trap '' TERM\nwhile :; do sleep 1; done");
    RemoteJob job = submit(spec(attempt, Duration.ofSeconds(1), Map.of())).job();

    RemoteStatus end = awaitEnd(job);

    assertThat(end.cause()).isEqualTo(Cause.TIME_LIMIT);
    assertThat(end.signal()).hasValue(9);
  }

  @ParameterizedTest
  @CsvSource({"exit 124, 124", "exit 0, 0"})
  void tellsATimeLimitFromWhatAJobReturnsWithinIt(String script, int code) throws Exception {
    RemoteJob job = submit(spec(write(work, script), Duration.ofHours(1), Map.of())).job();

    RemoteStatus end = awaitEnd(job);

    assertThat(end.cause()).isEqualTo(Cause.EXITED);
    assertThat(end.exitCode()).hasValue(code);
  }

  @Test
  void aJobWhoseWorkDirectoryIsMissingIsFoundAndCancelled() throws Exception {
    RemoteJob job = submit("echo $$ >script; touch ready; sleep 312; :").job();
    awaitFile("ready");
    String script = pidIn("script");
    Path aside = Files.move(work, temporary.resolve("aside"));
    try {
      assertThat(scheduler.find(job.attempt())).contains(job);
      assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.RUNNING);

      scheduler.cancel(job);

      await().atMost(PATIENCE).until(() -> !isAlive(script));
      awaitNone(keyOf(work));
    } finally {
      Files.move(aside, work);
    }
    assertThat(awaitEnd(job).signal()).hasValue(15);
  }

  @Test
  void nothingIsCertainWhileTheFileSystemIsAway() throws Exception {
    Path mount = Files.createDirectory(temporary.resolve("mount"));
    Path deep = Files.createDirectory(mount.resolve("work"));
    RemoteJob job = submit(spec(write(deep, "echo $$ >script; touch ready; sleep 313; :"))).job();
    await().atMost(PATIENCE).until(() -> Files.exists(deep.resolve("ready")));
    String script = Files.readString(deep.resolve("script")).strip();
    Path aside = Files.move(mount, temporary.resolve("aside"));
    try {
      assertThat(scheduler.find(job.attempt())).contains(job);
      assertThatThrownBy(() -> scheduler.cancel(job)).satisfies(this::saysThatItIsAway);
      await().atMost(PATIENCE).until(() -> !isAlive(script));
      awaitNone(keyOf(work));

      assertThat(status(job)).isEmpty();
      assertThatThrownBy(() -> scheduler.find(job.attempt())).satisfies(this::saysThatItIsAway);
    } finally {
      Files.move(aside, mount);
    }
    assertThat(awaitEnd(job).state()).isEqualTo(State.ENDED);
  }

  private void saysThatItIsAway(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE))
        .hasMessageContaining("its file system seems to be away");
  }

  @Test
  void aCancellationIsThereAsSoonAsItWasAskedFor() throws Exception {
    RemoteJob unborn = new RemoteJob("0", attempt(work));

    scheduler.cancel(unborn);

    assertThat(scheduler.find(attempt(work))).contains(unborn);
    RemoteJob job = submit("touch started").job();
    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(work.resolve("started")).doesNotExist();
  }

  @Test
  void aCancellationThatCannotBeWrittenIsNotSilent() throws Exception {
    Files.writeString(work.resolve(".jobs4j"), "in the way");

    assertThatThrownBy(() -> scheduler.cancel(new RemoteJob("0", attempt(work))))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.STORAGE_NOT_WRITABLE))
        .hasMessageEndingWith("cannot write the cancel marker");
  }

  @Test
  void aJobThatHasNotBegunYetIsCancelledForGood() throws Exception {
    assertThat(runner.run(Command.of("mkfifo", work + "/job.out")).succeeded()).isTrue();
    RemoteJob job = submit("touch ran").job();

    scheduler.cancel(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
    awaitNone(keyOf(work));
    // Whoever still waited for a reader would go on now.
    runner.run(Command.of("timeout", "0.2", "cat", work + "/job.out"));
    assertThat(work.resolve("ran")).doesNotExist();
  }

  @Test
  void aSessionWhoseNumberIsAnotherProcesssIsNotEnded() throws Exception {
    RemoteJob job = submit("touch ready; " + gate("gate")).job();
    awaitFile("ready");
    Process stranger = new ProcessBuilder("setsid", "sleep", "300").start();
    try {
      Files.writeString(
          work.resolve(".jobs4j/" + keyOf(work) + ".run"),
          "job " + stranger.pid() + " job\n",
          StandardOpenOption.APPEND);

      scheduler.cancel(job);

      assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run 4711 %s 100 - - - free 99\njob 47\nend 5 exited 200\n",
        "job 4712 job\n\nend 5 exited 200\n",
        "run 4711 %s 100 - - - free 99\njob 4712 job\n\nend 5 exited 200\n",
      })
  void anEndIsReadFromARecordThatWasCutOrBegunAnew(String record) throws Exception {
    Attempt attempt = write(work, ":");
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.writeString(
        work.resolve(".jobs4j/" + attempt.key() + ".run"),
        record.formatted("11111111-1111-1111-1111-111111111111"));
    RemoteJob job = new RemoteJob("4711", attempt);

    assertThat(status(job)).get().satisfies(end -> assertThat(end.exitCode()).hasValue(5));
  }

  @Test
  void aJobWhoseRecordIsGoneIsLostOnceItsProcessesAre() throws Exception {
    RemoteJob job = submit("touch ready\n" + gate("gate")).job();
    awaitFile("ready");
    Files.delete(work.resolve(".jobs4j/" + keyOf(work) + ".run"));
    RemoteJob cancelled = new RemoteJob("4711", new Attempt("cancelled", work.toString()));
    scheduler.cancel(cancelled);
    RemoteJob deletedRecord = new RemoteJob("4711", new Attempt("record", work.toString()));
    RemoteJob unknown = new RemoteJob("", new Attempt("unknown", work.toString()));

    Map<RemoteJob, RemoteStatus> statuses =
        scheduler.statuses(List.of(job, deletedRecord, cancelled, unknown));

    assertThat(statuses.get(job)).isEqualTo(RemoteStatus.running(null).withHeld(false));
    RemoteStatus lost = RemoteStatus.lost(null, "Its run record in the work directory is gone.");
    assertThat(statuses.get(deletedRecord)).isEqualTo(lost);
    assertThat(statuses.get(cancelled).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(statuses).doesNotContainKey(unknown);
    open("gate");
    assertThat(awaitEnd(job).exitCode()).as("what the wrapper wrote anew").hasValue(0);
  }

  @Test
  void aJobWhoseWholeWorkDirectoryIsMissingMayHaveRunElsewhere() throws Exception {
    Path none = temporary.resolve("none");
    RemoteJob launched = new RemoteJob("4711", attempt(none));
    RemoteJob unknown = new RemoteJob("", attempt(none));

    RemoteStatus status = status(launched).orElseThrow();

    assertThat(status.state()).isEqualTo(State.UNSEEN);
    assertThat(status.reason())
        .startsWith("The work directory " + none + " does not exist on host " + Place.HERE.host());
    assertThatThrownBy(() -> scheduler.cancel(launched))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.JOB_NOT_VISIBLE))
        .hasMessageContaining(status.reason());
    assertThat(status(unknown)).isEmpty();
    assertThat(scheduler.find(unknown.attempt())).as("nobody can launch it there").isEmpty();
    scheduler.cancel(unknown);
  }

  @Test
  void recordsThatNobodyCanReadHarmNoOtherJob() throws Exception {
    RemoteJob good = submit("exit 6").job();
    awaitEnd(good);
    RemoteJob big = record("big", "1".repeat(3_000_000) + "\n");
    RemoteJob number = record("number", "1".repeat(1000) + " boot 1\n");
    RemoteJob pipe = record("pipe", "1");
    Files.delete(work.resolve(".jobs4j/pipe.run"));
    gate(".jobs4j/pipe.run");
    RemoteJob device = record("device", "1");
    Files.delete(work.resolve(".jobs4j/device.run"));
    Files.createSymbolicLink(work.resolve(".jobs4j/device.run"), Path.of("/dev/zero"));
    List<RemoteJob> damaged = List.of(big, number, pipe, device);
    List<RemoteJob> all = new ArrayList<>(damaged);
    all.add(good);

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(all);

    assertThat(statuses.get(good).exitCode()).hasValue(6);
    for (RemoteJob job : damaged) {
      assertThat(statuses.get(job).state()).as(job.attempt().key()).isEqualTo(State.LOST);
      scheduler.hold(job);
      cancelNow(job);
    }
  }

  @Test
  void holdsAndReleases() throws Exception {
    RemoteJob job = submit("sleep 310 & echo $! >child; echo $$ >script; touch ready; wait").job();
    awaitFile("ready");

    scheduler.hold(job);

    // A stop takes effect when the process is next scheduled.
    for (String name : List.of("child", "script")) {
      await().atMost(PATIENCE).until(() -> stateOf(pidIn(name)).equals("T"));
    }
    assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.RUNNING);
    scheduler.release(job);
    for (String name : List.of("child", "script")) {
      await().atMost(PATIENCE).until(() -> stateOf(pidIn(name)).equals("S"));
    }
  }

  @Test
  void holdTakesHoldOfAJobJustSubmitted() throws Exception {
    for (int i = 1; i <= 20; i++) {
      Attempt attempt = Attempt.of("hold", i, work.toString());
      write(work, "while ! [ -e go ]; do sleep 0.01; done; touch went-$JOBS4J_ATTEMPT");
      RemoteJob job = submit(spec(attempt, null, Map.of())).job();
      scheduler.hold(job);
      Files.writeString(work.resolve("go"), "");

      assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.RUNNING);
      assertThat(work.resolve("went-hold-" + i)).doesNotExist();
      scheduler.release(job);
      awaitEnd(job);
      assertThat(work.resolve("went-hold-" + i)).exists();
      Files.delete(work.resolve("go"));
    }
  }

  @Test
  void holdOfAnEndedJobChangesNothing() throws Exception {
    RemoteJob job = submit("exit 0").job();
    RemoteStatus end = awaitEnd(job);

    scheduler.hold(job);
    scheduler.release(job);

    assertThat(status(job)).contains(end);
  }

  @Test
  void isNotMistakenByAProcessNumberInUseAgain() throws Exception {
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    String script = "# jobs4j wrapper same\nread -r nothing";
    Process foreign = new ProcessBuilder("setsid", "sh", "-c", script).start();
    try {
      Path words = Path.of("/proc", Long.toString(foreign.pid()), "cmdline");
      await().atMost(PATIENCE).until(() -> Files.readString(words).startsWith("sh"));
      RemoteJob same = record("same", foreign.pid() + " " + boot + " 1\n");
      RemoteJob reused = record("reused", foreign.pid() + " " + boot + " 1\n");
      Path other = Files.createDirectories(work.resolve("other/.jobs4j"));
      Files.writeString(
          other.resolve("same.run"),
          "run %d another-boot 1 4026531836 %s %s\n"
              .formatted(foreign.pid(), Place.HERE.host(), Place.HERE.machine()));
      RemoteJob rebooted =
          new RemoteJob(same.remoteJobId(), new Attempt("same", other.getParent().toString()));

      Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(List.of(same, reused));
      try (ForkScheduler first = new ForkScheduler(inNamespace("4026531836"))) {
        statuses.putAll(first.statuses(List.of(rebooted)));
      }
      cancelNow(reused);
      cancelNow(rebooted);
      scheduler.hold(reused);

      assertThat(statuses.get(same).state()).isEqualTo(State.RUNNING);
      assertThat(statuses.get(reused).state()).isEqualTo(State.LOST);
      assertThat(statuses.get(rebooted).state()).isEqualTo(State.LOST);
      assertThat(foreign.isAlive()).isTrue();
      assertThat(stateOf(Long.toString(foreign.pid()))).isNotEqualTo("T");
      assertThat(status(reused)).get().extracting(RemoteStatus::cause).isEqualTo(Cause.CANCELLED);
    } finally {
      foreign.destroyForcibly();
    }
  }

  @Test
  void anIncompleteRecordIsNoEvidenceUntilItIsOld() throws Exception {
    RemoteJob job = record("torn", "12");
    Path record = work.resolve(".jobs4j/torn.run");

    assertThat(status(job)).isEmpty();
    assertThat(scheduler.find(job.attempt())).isPresent();
    Files.setLastModifiedTime(record, FileTime.from(Instant.now().minusSeconds(300)));
    assertThat(status(job)).get().extracting(RemoteStatus::state).isEqualTo(State.LOST);
  }

  @Test
  void aRecordThatAJobTamperedWithHarmsNoOtherJob() throws Exception {
    RemoteJob bad =
        record(
            "bad",
            "1 boot 08\nend 0 x\\njobs4j\\040job\\0401\\0401\\040ended a[$(touch${IFS}hacked)]\n");
    RemoteJob good = submit("exit 6").job();
    awaitEnd(good);

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(List.of(bad, good));

    assertThat(statuses.get(good).exitCode()).hasValue(6);
    assertThat(statuses.get(bad).state()).isEqualTo(State.UNSEEN);
    assertThat(work.resolve("hacked")).doesNotExist();
  }

  @Test
  void asksForManyJobsInOneCommand() throws Exception {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Path directory = Files.createDirectory(work.resolve("job " + i));
      Attempt attempt = new Attempt("many-" + i, directory.toString());
      write(directory, "exit " + i % 100);
      jobs.add(submit(spec(attempt, null, Map.of())).job());
    }
    jobs.add(new RemoteJob("0", new Attempt("never-1", work.toString())));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                scheduler.statuses(jobs).values().stream().filter(RemoteStatus::isOver).count()
                    == 300);
    CountingRunner counting = CountingRunner.far(runner);
    Map<RemoteJob, RemoteStatus> statuses;
    try (ForkScheduler counted = new ForkScheduler(counting)) {
      statuses = counted.statuses(jobs);
    }

    assertThat(counting.runs).hasValue(1);
    assertThat(counting.launches).hasValue(0);
    assertThat(statuses)
        .as("what the scripts say and what is read here")
        .hasSize(300)
        .isEqualTo(scheduler.statuses(jobs));
    for (int i = 0; i < 300; i++) {
      assertThat(statuses.get(jobs.get(i)).exitCode()).hasValue(i % 100);
      assertThat(statuses.get(jobs.get(i)).ended()).isNotNull();
    }
  }

  @Test
  void takesNoCommandForAJobWhoseFilesItSees() throws Exception {
    CountingRunner counting = CountingRunner.near(runner);
    try (ForkScheduler near = new ForkScheduler(counting)) {
      List<RemoteJob> told = new CopyOnWriteArrayList<>();
      near.onChange(told::add);
      // The first also asks for the account, and starts the shell that launches both.
      Path first = Files.createDirectory(work.resolve("first"));
      submitted.add(near.submit(spec(write(first, "exit 0"))).job());
      await().atMost(PATIENCE).until(() -> told.equals(submitted));
      told.clear();
      counting.launches.set(0);
      counting.runs.set(0);
      RemoteJob job = near.submit(spec(write(work, "exit 3"))).job();
      submitted.add(job);
      await().atMost(PATIENCE).until(() -> told.equals(List.of(job)));

      assertThat(near.statuses(List.of(job)).get(job).exitCode()).hasValue(3);
      assertThat(counting.launches).hasValue(0);
      assertThat(counting.runs).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "end 3 exited 700",
        "end 137 exited 700",
        "ending 143 cancelled 650\nend 143 cancelled 700",
        "ending 124 limit 650\nend 124 limit 700",
        "ending 0 exited 650",
        "end 3 exited 400",
        "end 1234 exited 700",
        "end 3 gone 700",
        "end 3 exited 700\nend 4 exited 800",
        "end 3 exited 1234567890123456789",
        "end -3 exited 700",
        "end 3 exited 700\r",
      })
  void readsRecordsAsTheScriptsDo(String lines) throws Exception {
    RemoteJob job = record("read", "4711 another-boot 500\n" + lines + "\n");
    RemoteJob torn = record("torn", "4711 another-boot 500\n" + lines);
    List<RemoteJob> jobs = List.of(job, torn);

    try (ForkScheduler far = new ForkScheduler(CountingRunner.far(runner))) {
      assertThat(scheduler.statuses(jobs)).isEqualTo(far.statuses(jobs)).containsKey(job);
    }
  }

  @Test
  void givesTheJobItsEnvironmentAndFiles() throws Exception {
    String value = "a 'b' \"c\" $(no)\n`no` é";
    Attempt attempt =
        write(
            work,
            "printf %s \"$SOME$AGAVE_SOME\"; printf %s \"$JOBS4J_ATTEMPT $PATH\" >&2; read -r x");
    Map<String, String> environment =
        Map.of("SOME", value, "AGAVE_SOME", value, "PATH", "/nowhere", "JOBS4J_ATTEMPT", "other");

    RemoteJob job = submit(spec(attempt, Duration.ofHours(1), environment)).job();

    assertThat(awaitEnd(job).exitCode()).as("standard input is empty").hasValue(1);
    assertThat(Files.readString(work.resolve("job.out"))).isEqualTo(value + value);
    assertThat(Files.readString(work.resolve("job.err"))).isEqualTo(keyOf(work) + " /nowhere");
  }

  @Test
  void anAccountThatTheHostDidNotKnowIsAskedForAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CommandRunner forgetful =
        new ChangedRunner(
            runner,
            command -> {
              String script = command.words().get(command.words().size() - 1);
              boolean first = script.contains("getent") && asked.incrementAndGet() == 1;
              return first
                  ? Command.of(
                      "/bin/sh", "-c", "getent() { return 2; }; grep() { return 1; }\n" + script)
                  : command;
            });
    try (ForkScheduler other = new ForkScheduler(forgetful)) {
      for (int i = 1; i <= 3; i++) {
        Path directory = Files.createDirectory(work.resolve("job" + i));
        RemoteJob job = other.submit(spec(write(directory, "printf %s \"$USER\""))).job();
        submitted.add(job);
        awaitEnd(job);
      }
    }

    assertThat(Files.readString(work.resolve("job1/job.out"))).matches("[0-9]+");
    for (String directory : List.of("job2", "job3")) {
      assertThat(work.resolve(directory + "/job.out")).hasContent(System.getProperty("user.name"));
    }
    assertThat(asked).as("what is known is not asked for again").hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void variablesOfAJobMayHaveAnyNames(boolean near) throws Exception {
    Map<String, String> environment = new TreeMap<>();
    Matcher names = Pattern.compile("(?m)(?<![A-Za-z0-9_$])([a-z_]+)=").matcher(wrapperText());
    while (names.find()) {
      environment.put(names.group(1), "data.csv");
    }
    for (String name : List.of("key", "out", "err", "keeper", "seconds", "script", "limit")) {
      assertThat(environment).containsKey(name);
    }
    environment.put("seconds", "5");
    Files.writeString(work.resolve("data.csv"), "exit 99");
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/self/environ");
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    for (boolean limited : List.of(false, true)) {
      Duration limit = limited ? Duration.ofHours(1) : null;
      Attempt each = new Attempt(attempt.key() + limited, attempt.workPath());
      try (ForkScheduler other = new ForkScheduler(counting)) {
        RemoteJob job = other.submit(spec(each, limit, environment)).job();
        submitted.add(job);
        assertThat(awaitEnd(job).exitCode()).hasValue(0);
      }

      assertThat(Files.readAllLines(work.resolve("job.out")))
          .contains("JOBS4J_ATTEMPT=" + each.key(), "script=data.csv", "out=data.csv", "seconds=5");
      assertThat(work.resolve("job.err")).isEmptyFile();
      assertThat(work.resolve("data.csv")).hasContent("exit 99");
    }
  }

  /** What runs with the variables of the job, and all that it may call. */
  private static String wrapperText() {
    return ForkScripts.wrapper("key") + ForkScripts.STRAGGLERS.text();
  }

  /** By the text of an error it tells a full disk from what will not pass. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatRecordsTheEndHasNoLanguage(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/$PPID/environ >parent");
    Map<String, String> german = Map.of("LANG", "de_DE.UTF-8", "LC_ALL", "de_DE.UTF-8");
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job = other.submit(spec(attempt, null, german)).job();
      submitted.add(job);
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }

    assertThat(Files.readAllLines(work.resolve("parent")))
        .anyMatch(line -> line.startsWith("HOME="))
        .noneMatch(line -> line.startsWith("LANG") || line.startsWith("LC_"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEnvironmentOfAJobIsMadeAndNotInherited(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    Attempt attempt = write(work, "tr '\\0' '\\n' </proc/self/environ >all; umask >mask");
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job = other.submit(spec(attempt, null, Map.of("LANG", "C"))).job();
      submitted.add(job);
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }

    Map<String, String> expected = new TreeMap<>(BaseEnvironment.of(runner));
    expected.put("LANG", "C");
    expected.put("JOBS4J_ATTEMPT", attempt.key());
    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(work.resolve("all"))) {
      found.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
    }
    // What shells say of themselves.
    found.keySet().removeAll(List.of("PWD", "OLDPWD", "SHLVL", "_"));
    assertThat(found).isEqualTo(expected);
    assertThat(work.resolve("mask"))
        .hasContent(runner.run(Command.of("sh", "-c", "umask")).output());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noOtherCanReadWhatTheEnvironmentHolds(boolean near) throws Exception {
    CommandRunner counting = near ? CountingRunner.near(runner) : CountingRunner.far(runner);
    String secret = "secret-" + UUID.randomUUID();
    Attempt attempt = write(work, "printf %s \"$TOKEN\" | wc -c\ntouch ready\n" + gate("gate"));
    try (ForkScheduler other = new ForkScheduler(counting)) {
      RemoteJob job =
          other.submit(spec(attempt, Duration.ofHours(1), Map.of("TOKEN", secret))).job();
      submitted.add(job);
      awaitFile("ready");

      CommandResult found =
          runner.run(
              Command.of(
                      "sh",
                      "-c",
                      "read -r s; set -- \"$s\" \"$1\"; f=$(mktemp); echo \"$s\" >$f;"
                          + " grep -lsFf $f /proc/[0-9]*/cmdline; grep -rlsFf $f -D skip \"$2\"; rm $f",
                      "sh",
                      work.toString())
                  .withInput(secret + "\n"));
      open("gate");
      assertThat(found.output()).isEmpty();
      assertThat(awaitEnd(job).succeeded()).isTrue();
    }
    assertThat(Files.readString(work.resolve("job.out")).strip())
        .isEqualTo(Integer.toString(secret.length()));
    try (Stream<Path> control = Files.list(work.resolve(".jobs4j"))) {
      assertThat(control)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .endsWith("------"));
    }
  }

  @Test
  void whatShellsTakeForTheirOwnDoesNotKeepAJobFromRunning() throws Exception {
    Attempt attempt = write(work, "printf %s \"$IFS$PS1\"");
    Map<String, String> odd =
        Map.of("OPTIND", "none", "PPID", "none", "UID", "none", "IFS", ":", "PS1", "#");

    RemoteJob job = submit(spec(attempt, null, odd)).job();

    assertThat(awaitEnd(job).succeeded()).isTrue();
    assertThat(Files.readString(work.resolve("job.out"))).endsWith("#");
  }

  @Test
  void aJobWhoseEnvironmentBreaksOffIsNotStarted() {
    CommandRunner broken =
        new CountingRunner(runner, true) {
          @Override
          public DetachedCommand launchAndListen(Command command) throws InterruptedException {
            String input = command.input();
            return runner.launchAndListen(
                command.withInput(input.substring(0, input.length() - 3)));
          }
        };
    try (ForkScheduler far = new ForkScheduler(broken)) {
      assertThatThrownBy(() -> far.submit(spec(write(work, "touch started"))))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageEndingWith("its environment arrived in part");
      assertThat(far.find(attempt(work))).isEmpty();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(work.resolve("started")).doesNotExist();
  }

  @Test
  void bothTimesOfAJobAreByTheClockOfItsHost() throws Exception {
    for (CommandRunner any : List.of(runner, CountingRunner.farListening(runner))) {
      Path directory = Files.createDirectory(work.resolve(any == runner ? "near" : "far"));
      try (ForkScheduler other = new ForkScheduler(any)) {
        Submission submission = other.submit(spec(write(directory, "exit 0")));
        submitted.add(submission.job());

        RemoteStatus end = awaitEnd(submission.job());
        assertThat(submission.status().started())
            .isNotNull()
            .isBeforeOrEqualTo(end.ended())
            .isAfter(Instant.now().minusSeconds(60));
      }
    }
  }

  @Test
  void writesOutputAndErrorsIntoOneFileIfTheyHaveOneName() throws Exception {
    LaunchSpec spec =
        spec(write(work, "echo a; echo b >&2; echo c")).toBuilder()
            .output("-both of them")
            .error("-both of them")
            .build();

    awaitEnd(submit(spec).job());

    assertThat(work.resolve("-both of them")).hasContent("a\nb\nc");
  }

  @Test
  void theJobHasTheSignalsThatAnyCommandHas() throws Exception {
    String ask = "grep -E 'Sig(Blk|Ign)' /proc/self/status";
    String usual = runner.run(Command.of("sh", "-c", ask)).output();

    awaitEnd(submit(ask + "; (yes; echo $? >&2) | head -n 1").job());

    assertThat(work.resolve("job.out")).hasContent(usual + "y");
    assertThat(work.resolve("job.err")).hasContent("141");
  }

  @Test
  void tellsOfTheEndOfAJob() throws Exception {
    List<RemoteJob> told = new CopyOnWriteArrayList<>();
    scheduler.onChange(
        job -> {
          throw new IllegalStateException("a listener that fails");
        });
    scheduler.onChange(told::add);

    RemoteJob job = submit(gate("gate")).job();
    assertThat(told).isEmpty();
    open("gate");

    await().atMost(PATIENCE).until(() -> told.equals(List.of(job)));
    assertThat(status(job)).get().extracting(RemoteStatus::succeeded).isEqualTo(true);
  }

  @Test
  void aMissingWorkDirectoryFailsTheJob() {
    LaunchSpec spec = spec(attempt(temporary.resolve("none")));

    for (RemoteScheduler any : List.of(scheduler, new ForkScheduler(CountingRunner.far(runner)))) {
      assertThatThrownBy(() -> any.submit(spec))
          .isInstanceOf(PermanentAdapterException.class)
          .hasMessage(
              "Attempt "
                  + keyOf(temporary.resolve("none"))
                  + " cannot be launched in "
                  + temporary.resolve("none")
                  + ": no work directory");
    }
  }

  @Test
  void aWorkDirectoryThatCannotBeWrittenBlocksTheJob() throws IOException {
    write(work, "exit 0");
    Files.writeString(work.resolve(".jobs4j"), "in the way");

    assertThatThrownBy(() -> scheduler.submit(spec(attempt(work))))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.STORAGE_NOT_WRITABLE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a/b", "../a", "a'b", "ä", "a\n"})
  void refusesKeysThatAreNoKeys(String key) {
    assertThatThrownBy(() -> scheduler.find(new Attempt(key, work.toString())))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage("The attempt key \"" + key + "\" is not 1 to 200 letters, digits and hyphens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../script", "/bin/sh", "a/b"})
  void refusesScriptsOutsideTheWorkDirectory(String script) {
    LaunchSpec spec = spec(attempt(work)).toBuilder().script(script).build();

    assertThatThrownBy(() -> scheduler.submit(spec))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "The script \"" + script + "\" is not the name of a file in the work directory");
  }

  @Test
  void refusesWhatIsNoPathOrVariable() {
    assertThatThrownBy(() -> scheduler.find(new Attempt(keyOf(work), "relative")))
        .hasMessage("The workPath \"relative\" is not an absolute path");
    assertThatThrownBy(() -> scheduler.submit(spec(attempt(work), null, Map.of("-u", "x"))))
        .hasMessageContaining("environment variable \"-u\"");
    assertThatThrownBy(() -> scheduler.submit(spec(attempt(work), null, Map.of("A", "secret\0"))))
        .hasMessageContaining("environment variable \"A\"")
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "same, other, same, same",
    "other, same, other, same",
    "other, same, same, other",
    "other, other, same, same",
    "other, same, -, same",
    "other, same, same, -",
    "other, '', '', ''",
  })
  void nothingIsSaidOrDoneOfAJobThatRunsElsewhere(
      String boot, String namespace, String host, String machine) throws Exception {
    RemoteJob job = record("far", recordedAt(boot, namespace, host, machine));

    RemoteStatus status = status(job).orElseThrow();
    assertThat(status.state()).isEqualTo(State.UNSEEN);
    if (!host.isEmpty()) {
      assertThat(status.reason())
          .startsWith("The job runs on host " + (host.equals("same") ? Place.HERE.host() : host))
          .contains(" and cannot be seen from host " + Place.HERE.host() + " (boot ");
    }
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> scheduler.cancel(job), () -> scheduler.hold(job), () -> scheduler.release(job))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.JOB_NOT_VISIBLE))
          .hasMessageContaining(status.reason());
    }
    assertThat(work.resolve(".jobs4j/far.cancel")).doesNotExist();
    assertThat(work.resolve(".jobs4j/far.hold")).doesNotExist();
    assertThat(scheduler.find(job.attempt())).contains(job);
    assertThat(scheduler.submit(spec(job.attempt())).status().state()).isEqualTo(State.UNSEEN);

    Files.writeString(
        work.resolve(".jobs4j/far.run"), "end 4 exited 700\n", StandardOpenOption.APPEND);
    assertThat(status(job).orElseThrow().exitCode()).as("what it recorded itself").hasValue(4);
  }

  @ParameterizedTest
  @CsvSource({"4026531836, LOST", "4026532201, UNSEEN"})
  void onlyInTheFirstNamespaceIsAJobOfAnEarlierBootOfItsHostGone(String namespace, State state)
      throws Exception {
    RemoteJob job = record("before", recordedAt("other", namespace, "same", "same"));

    try (ForkScheduler there = new ForkScheduler(inNamespace(namespace))) {
      assertThat(there.statuses(List.of(job)).get(job).state()).isEqualTo(state);
    }
  }

  /** A runner of a host whose processes are in a namespace of this number. */
  private CommandRunner inNamespace(String number) throws IOException {
    program("readlink", "echo 'pid:[" + number + "]'");
    return ChangedRunner.finding(runner, temporary.resolve("bin").toString());
  }

  /** Makes a program that may be found before that of the system. */
  private void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(temporary.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String recordedAt(String boot, String namespace, String host, String machine)
      throws IOException {
    String here = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    return "4711 %s 500 %s %s %s\n"
        .formatted(
            boot.equals("same") ? here : boot,
            namespace.equals("same") ? Place.HERE.namespace() : namespace,
            host.equals("same") ? Place.HERE.host() : host,
            machine.equals("same") ? Place.HERE.machine() : machine);
  }

  @Test
  void aHeldJobSaysSoAndOneThatStoppedItselfDoesNot() throws Exception {
    RemoteJob job = submit("touch ready; kill -s STOP $$; " + gate("gate")).job();
    awaitFile("ready");
    assertThat(status(job)).get().extracting(RemoteStatus::held).isEqualTo(false);

    scheduler.hold(job);
    scheduler.hold(job);
    assertThat(status(job)).get().extracting(RemoteStatus::held).isEqualTo(true);

    scheduler.release(job);
    scheduler.release(job);
    assertThat(status(job)).get().extracting(RemoteStatus::held).isEqualTo(false);
    open("gate");
    assertThat(awaitEnd(job).succeeded()).isTrue();
  }

  @Test
  void aReleaseThatAHoldOvertakesLeavesTheJobHeld() throws Exception {
    RemoteJob job = submit("sleep 322 & echo $! >child; echo $$ >script; touch ready; wait").job();
    awaitFile("ready");
    scheduler.hold(job);
    // Another engine holds the job right after this one has removed the marker.
    String hold =
        Stream.of("/bin/sh", "-c", ForkScripts.SIGNAL.text(), "jobs4j", work.toString())
            .map(ShellWords::quote)
            .collect(Collectors.joining(" "));
    program(
        "rm",
        "PATH=" + BaseEnvironment.PATH + "\nrm \"$@\"\n" + hold + " " + keyOf(work) + " STOP");
    try (ForkScheduler slow =
        new ForkScheduler(ChangedRunner.finding(runner, temporary.resolve("bin").toString()))) {
      slow.release(job);
    }

    assertThat(status(job)).get().extracting(RemoteStatus::held).isEqualTo(true);
    for (String name : List.of("child", "script")) {
      await().atMost(PATIENCE).until(() -> stateOf(pidIn(name)).equals("T"));
    }
    scheduler.release(job);
    assertThat(status(job)).get().extracting(RemoteStatus::held).isEqualTo(false);
    for (String name : List.of("child", "script")) {
      await().atMost(PATIENCE).until(() -> stateOf(pidIn(name)).equals("S"));
    }
  }

  @Test
  void theTimeLimitTakesEffectWhileAJobIsHeld() throws Exception {
    Attempt attempt = write(work, "touch ready; sleep 315; :");
    RemoteJob job = submit(spec(attempt, Duration.ofSeconds(2), Map.of())).job();
    awaitFile("ready");

    scheduler.hold(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.TIME_LIMIT);
    awaitNone(attempt.key());
  }

  /** Like the one of BusyBox, which becomes the program and leaves an orphan to watch it. */
  private static final String ORPHANING_TIMEOUT =
      """
      if [ "$1" = watch ]; then
        env -i PATH="$PATH" setsid sleep "$2"
        kill -s TERM "$3"
        env -i PATH="$PATH" setsid sleep 0.2
        kill -s KILL "$3"
        exit
      fi
      limit=$5
      shift 5
      (setsid "$0" watch "$limit" $$ >/dev/null 2>&1 &)
      exec "$@"
      """;

  @ParameterizedTest
  @ValueSource(strings = {"leave", "hold", "stop"})
  void theTimeLimitTakesEffectUnderATimeoutThatIsNoParent(String what) throws Exception {
    program("timeout", ORPHANING_TIMEOUT);
    CommandRunner there =
        new ChangedRunner(
            runner,
            command -> {
              Map<String, String> environment = new TreeMap<>(command.environment());
              environment.computeIfPresent("PATH", (name, old) -> temporary + "/bin:" + old);
              return command.bare() ? command.withOnly(environment) : command;
            });
    write(
        work,
        "PATH=%s timeout 323 sleep 323 &\necho $! >inner; touch ready; sleep 324; :"
            .formatted(BaseEnvironment.PATH));
    RemoteJob job;
    try (ForkScheduler other = new ForkScheduler(there)) {
      job = other.submit(spec(attempt(work), Duration.ofSeconds(2), Map.of())).job();
      submitted.add(job);
    }
    awaitFile("ready");
    await().atMost(PATIENCE).until(() -> commandOf(pidIn("inner")).equals("timeout"));
    if (what.equals("hold")) {
      scheduler.hold(job);
      await().atMost(PATIENCE).until(() -> stateOf(pidIn("inner")).equals("T"));
    } else if (what.equals("stop")) {
      runner.run(
          Command.of(
              "sh",
              "-c",
              "kill -s STOP $(grep -lzsxF \"JOBS4J_ATTEMPT=$1\" /proc/[0-9]*/environ | tr -dc '0-9\\n')",
              "sh",
              job.attempt().key()));
    }

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.TIME_LIMIT);
    awaitNone(job.attempt().key());
  }

  private static String commandOf(String pid) throws IOException {
    return Files.readString(Path.of("/proc", pid, "comm")).strip();
  }

  @Test
  void whoeverStopsAllProcessesDoesNotKeepAJobFromItsLimit() throws Exception {
    Attempt attempt = write(work, "touch ready; sleep 316; :");
    RemoteJob job = submit(spec(attempt, Duration.ofSeconds(2), Map.of())).job();
    awaitFile("ready");
    runner.run(Command.of("pkill", "-STOP", "-s", job.remoteJobId()));

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.TIME_LIMIT);
  }

  @Test
  void anEndIsRecordedThoughTheWrapperWasStopped() throws Exception {
    RemoteJob job = submit("touch ready\n" + gate("gate") + "exit 6").job();
    awaitFile("ready");
    runner.run(Command.of("kill", "-s", "STOP", job.remoteJobId()));
    open("gate");

    assertThat(awaitEnd(job).exitCode()).hasValue(6);
  }

  @Test
  void anEndIsRecordedThoughTheJobRemovedTheControlDirectory() throws Exception {
    RemoteJob job = submit("rm -r .jobs4j; exit 9").job();

    await().atMost(PATIENCE).until(() -> !isAlive(job.remoteJobId()));
    assertThat(awaitEnd(job).exitCode()).hasValue(9);
  }

  @Test
  void probes() throws InterruptedException {
    scheduler.probe();
  }

  private Submission submit(String script) throws Exception {
    return submit(spec(write(work, script)));
  }

  private Submission submit(LaunchSpec spec) throws InterruptedException {
    Submission submission = scheduler.submit(spec);
    submitted.add(submission.job());
    return submission;
  }

  /** A script that goes on when {@link #open} is called. */
  private String gate(String name) throws InterruptedException {
    assertThat(runner.run(Command.of("mkfifo", work + "/" + name)).exitCode()).isZero();
    return "read -r go <" + name + "\n";
  }

  /** Lets who waits at a gate go on; does not wait for ever if nobody does. */
  private void open(String name) throws Exception {
    Process go =
        new ProcessBuilder("timeout", "60", "sh", "-c", "echo go >\"$1\"", "sh", name)
            .directory(work.toFile())
            .start();
    assertThat(go.waitFor()).as("somebody waits at the gate").isZero();
  }

  private RemoteJob record(String key, String rest) throws IOException {
    Path directory = Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(directory.resolve(key + ".run"), "run " + rest);
    return new RemoteJob(rest.split(" ", -1)[0], new Attempt(key, work.toString()));
  }

  private Optional<RemoteStatus> status(RemoteJob job) throws InterruptedException {
    return Optional.ofNullable(scheduler.statuses(List.of(job)).get(job));
  }

  private RemoteStatus awaitEnd(RemoteJob job) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> status(job).orElse(RemoteStatus.queued("")), RemoteStatus::isOver);
  }

  /** Cancels and waits for the script that does it. */
  private void cancelNow(RemoteJob job) throws Exception {
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

  private void awaitNone(String key) {
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

  private void awaitFile(String name) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> Files.exists(work.resolve(name)));
  }

  private String pidIn(String file) throws IOException {
    return Files.readString(work.resolve(file)).strip();
  }

  /** A process that ended is not alive, even if nobody has asked for its exit code yet. */
  private static boolean isAlive(String pid) throws IOException {
    String state = stateOf(pid);
    return !state.isEmpty() && !state.equals("Z") && !state.equals("X");
  }

  /** The letter that the system has for the state of a process; empty if there is none. */
  private static String stateOf(String pid) throws IOException {
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
  private static String keyOf(Path directory) {
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

  /** A program that submits the job of a work directory, tells its id, and waits to be killed. */
  static final class Launcher {
    private Launcher() {}

    public static void main(String[] args) throws Exception {
      try (LocalCommandRunner runner = new LocalCommandRunner();
          ForkScheduler scheduler = new ForkScheduler(runner)) {
        System.out.println(scheduler.submit(spec(attempt(Path.of(args[0])))).job().remoteJobId());
        System.in.read();
      }
    }
  }
}
