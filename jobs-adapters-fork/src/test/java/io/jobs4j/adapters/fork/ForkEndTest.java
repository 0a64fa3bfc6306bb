package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a job ended, and that this is recorded whatever it does. */
class ForkEndTest extends ForkFixture {
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
}
