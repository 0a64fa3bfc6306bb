package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a job is launched, once, and what is refused. */
class ForkSchedulerTest extends ForkFixture {
  @Test
  void isFoundByItsName() {
    assertThat(ServiceLoader.load(RemoteSchedulerProvider.class))
        .extracting(RemoteSchedulerProvider::scheduler)
        .containsExactly("FORK");
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

  @Test
  void probes() throws InterruptedException {
    scheduler.probe();
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
