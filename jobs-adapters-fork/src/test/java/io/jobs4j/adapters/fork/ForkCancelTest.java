package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job that is cancelled ends with all that it started, or does not begin. */
class ForkCancelTest extends ForkFixture {
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
}
