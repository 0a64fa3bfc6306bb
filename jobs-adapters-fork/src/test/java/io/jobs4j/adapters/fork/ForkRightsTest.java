package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of an account that permissions bind, which is not root as it usually is. */
@Timeout(120)
class ForkRightsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path temporary;

  private final LocalCommandRunner local = new LocalCommandRunner();
  private CommandRunner runner;
  private ForkScheduler scheduler;
  private Path work;

  @BeforeEach
  void open() throws IOException {
    work = Files.createDirectories(temporary.resolve("above/work"));
    boolean root = "root".equals(Files.getOwner(work).getName());
    // Still the owner of the files, but bound by their permissions like others.
    runner =
        root
            ? ChangedRunner.behind(
                local, "setpriv", "--bounding-set", "-dac_override,-dac_read_search")
            : local;
    runner = new CountingRunner(runner, true);
    scheduler = new ForkScheduler(runner);
  }

  @AfterEach
  void close() throws Exception {
    Files.setPosixFilePermissions(work.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    local.run(Command.of("chmod", "-R", "u+rwx", temporary.toString()));
    scheduler.close();
    local.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chmod -R a-w .",
        "chmod -R a-rwx .",
        "chmod a-x .jobs4j",
        "chmod a-rw .jobs4j/*.run",
        "rm -r .jobs4j; chmod a-w .",
        "cp -r . ../copy; rm -r ../work; mkdir ../work",
      })
  void theEndOfAJobThatTookRightsAwayIsRecorded(String last) throws Exception {
    RemoteJob job = submit("until [ -e ../submitted ]; do sleep 0.05; done; " + last + "; exit 5");
    Files.createFile(work.resolveSibling("submitted"));
    await()
        .atMost(PATIENCE)
        .until(() -> ProcessHandle.of(Long.parseLong(job.remoteJobId())).isEmpty());

    assertThat(awaitEnd(job).exitCode()).hasValue(5);
  }

  @Test
  void aJobThatTookRightsAwayIsCancelledHeldAndReleased() throws Exception {
    RemoteJob job = submit("chmod -R a-w .; sleep 321; :");
    Path record = work.resolve(".jobs4j/" + job.attempt().key() + ".run");
    await().atMost(PATIENCE).until(() -> !modeOf(record).contains("w"));

    scheduler.hold(job);
    assertThat(status(job).held()).isTrue();
    local.run(Command.of("chmod", "-R", "a-w", work.toString()));
    scheduler.release(job);
    assertThat(status(job).held()).isFalse();
    local.run(Command.of("chmod", "-R", "a-w", work.toString()));
    scheduler.cancel(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
  }

  @Test
  void whoeverCannotRecordAnEndGivesUp() throws Exception {
    CommandRunner impatient =
        new ChangedRunner(
            runner,
            command ->
                new Command(
                    command.words().stream().map(word -> word.replace("-lt 600", "-lt 1")).toList(),
                    command.directory(),
                    command.environment(),
                    command.bare(),
                    command.input(),
                    command.timeLimit(),
                    command.outputLimit()));
    ForkFixture.write(work, "rm .jobs4j/*.run; mkdir .jobs4j/$JOBS4J_ATTEMPT.run");
    try (ForkScheduler other = new ForkScheduler(impatient)) {
      RemoteJob job = other.submit(ForkFixture.spec(ForkFixture.attempt(work))).job();

      assertThat(awaitEnd(job).state()).isEqualTo(State.LOST);
      await()
          .atMost(PATIENCE)
          .until(() -> ProcessHandle.of(Long.parseLong(job.remoteJobId())).isEmpty());
    }
  }

  @Test
  void nothingIsConcludedFromWhatTheAccountMayNotSee() throws Exception {
    Attempt attempt = ForkFixture.write(work, "exit 0");
    RemoteJob launched = new RemoteJob("4711", attempt);
    assertThat(status(launched).state()).isEqualTo(State.LOST);
    assertThat(scheduler.find(attempt)).isEmpty();

    Files.setPosixFilePermissions(work.getParent(), PosixFilePermissions.fromString("rw-------"));

    assertThat(scheduler.statuses(List.of(launched))).isEmpty();
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> scheduler.find(attempt), () -> scheduler.cancel(launched))) {
      assertThatThrownBy(call)
          .isInstanceOfSatisfying(
              TransientAdapterException.class,
              e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SYSTEM_NOT_AVAILABLE));
    }
  }

  @Test
  void nothingIsConcludedFromALinkToWhatIsNotThere() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), Path.of("/nowhere/at/all"));
    RemoteJob launched = new RemoteJob("4711", ForkFixture.attempt(link));

    assertThat(scheduler.statuses(List.of(launched))).isEmpty();
    assertThatThrownBy(() -> scheduler.find(launched.attempt()))
        .isInstanceOf(TransientAdapterException.class);
  }

  private RemoteJob submit(String script) throws Exception {
    return scheduler.submit(ForkFixture.spec(ForkFixture.write(work, script))).job();
  }

  private RemoteStatus status(RemoteJob job) throws InterruptedException {
    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(List.of(job));
    return statuses.getOrDefault(job, RemoteStatus.queued(""));
  }

  private RemoteStatus awaitEnd(RemoteJob job) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> status(job), RemoteStatus::isOver);
  }

  private static String modeOf(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
