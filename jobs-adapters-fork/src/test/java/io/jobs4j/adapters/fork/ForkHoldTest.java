package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.State;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Jobs that are held and released. */
class ForkHoldTest extends ForkFixture {
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
}
