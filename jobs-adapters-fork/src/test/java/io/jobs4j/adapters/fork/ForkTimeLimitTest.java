package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A job ends when its time is over. */
class ForkTimeLimitTest extends ForkFixture {
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
}
