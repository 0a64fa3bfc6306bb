package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that are held, released and cancelled. */
class SlurmSteeringTest extends SlurmFixture {
  @ParameterizedTest
  @CsvSource({"attempt-1, CANCELLED", "theirs, RUNNING"})
  void aJobThatWasRenamedIsCancelledIfItIsOurs(String comment, String state) throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.rename("101", "by-the-site", comment);
    cluster.state("101", "RUNNING");
    cluster.shown("101", "RUNNING", "0:0", false);

    scheduler.cancel(job);

    assertThat(cluster.state("101")).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, JobHeldUser, true",
    "SUSPENDED, None, true",
    "STOPPED, None, true",
    "PENDING, JobHeldAdmin,",
    "REQUEUE_HOLD, None,",
    "RUNNING, None, false",
    "PENDING, Priority, false",
  })
  void whatTheEngineHoldsIsHeldUntilItLetsItGo(String state, String reason, Boolean held)
      throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    scheduler.hold(job);
    cluster.state("101", state);
    cluster.reason("101", reason);

    assertThat(scheduler.statuses(List.of(job)).get(job).held()).isEqualTo(held);

    scheduler.release(job);
    assertThat(scheduler.statuses(List.of(job)).get(job).held())
        .as("what others hold is not the engine's")
        .isEqualTo(Boolean.FALSE.equals(held) ? held : null);
  }

  @Test
  void aHoldThatComesAfterTheReleaseShows() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    Path note = work.resolve(".jobs4j/" + KEY + ".hold");
    scheduler.hold(job);
    // The engine stood still between its first word and what it does to the job.
    cluster.releasedOnHold("101", note);
    scheduler.hold(job);
    cluster.reason("101", "JobHeldUser");

    assertThat(scheduler.statuses(List.of(job)).get(job).held()).isTrue();
  }

  @Test
  void onlyJobsThatSlurmShowsAsHeldCostASecondCommand() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    scheduler.hold(job);
    int before = cluster.commands;
    assertThat(scheduler.statuses(List.of(job))).isNotEmpty();
    assertThat(cluster.commands - before).isEqualTo(1);

    cluster.reason("101", "JobHeldUser");
    assertThat(scheduler.statuses(List.of(job))).isNotEmpty();
    assertThat(cluster.commands - before).isEqualTo(3);
  }

  @Test
  void aReleaseThatFailsLeavesWordOfTheHold() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    scheduler.hold(job);
    cluster.down(true);
    assertThatThrownBy(() -> scheduler.release(job)).isInstanceOf(TransientAdapterException.class);
    cluster.down(false);
    cluster.reason("101", "JobHeldUser");

    assertThat(scheduler.statuses(List.of(job)).get(job).held()).isTrue();
  }

  @Test
  void aJobThatWasRenamedIsHeldAndReleased() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.rename("101", "by-the-site", "attempt-1");
    cluster.shown("101", "PENDING", "0:0", false);

    scheduler.hold(job);
    scheduler.release(job);

    assertThat(cluster.calls()).containsSubsequence("scontrol hold 101", "scontrol release 101");
  }

  @Test
  void aJobOfWhichTheControllerDoesNotSayWhetherItIsThereIsCancelledLater() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.rename("101", "by-the-site", "attempt-1");
    cluster.shown("101", "RUNNING", "0:0", false);
    cluster.mute(true);

    assertThatThrownBy(() -> scheduler.cancel(job))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("slurm_load_jobs error: Unable to contact");
    assertThatThrownBy(() -> scheduler.hold(job)).isInstanceOf(TransientAdapterException.class);
    cluster.mute(false);
    scheduler.cancel(job);

    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
  }

  @Test
  void whatWasNotDoneIsSaidThoughTheQueueCannotBeLookedAtAnyMore() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.stubborn("101");
    cluster.looks("ok", "fail");

    assertThatThrownBy(() -> scheduler.hold(job))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("could not be changed");

    cluster.state("101", "COMPLETING");
    cluster.looks("ok", "fail");
    assertThatThrownBy(() -> scheduler.hold(job))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("no answer from squeue");
  }

  @Test
  void whatRunsIsStoppedIfItMayNotBeSuspended() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    scheduler.hold(job);
    assertThat(cluster.calls()).contains("scontrol hold 101");
    scheduler.release(job);
    assertThat(cluster.calls()).contains("scontrol release 101");
    cluster.state("101", "RUNNING");

    scheduler.hold(job);
    scheduler.release(job);

    assertThat(cluster.calls())
        .containsSubsequence(
            "scontrol suspend 101",
            "scancel --full --signal=STOP 101",
            "scancel --full --signal=CONT 101");
    cluster.purge("101");
    scheduler.hold(job);
    scheduler.release(job);
  }

  @Test
  void cancellingLeavesWordForALateStart() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();

    scheduler.cancel(job);

    assertThat(work.resolve(".jobs4j/attempt-1.cancel")).exists();
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
  }

  @Test
  void aJobIsKnownByItsAttemptAlone() throws Exception {
    cluster.submissions("lost");
    scheduler.submit(spec());
    Files.delete(work.resolve(".jobs4j/attempt-1.id"));
    cluster.state("101", "RUNNING");
    RemoteJob nameless = new RemoteJob("", attempt());

    assertThat(status(nameless).state()).isEqualTo(State.RUNNING);
    scheduler.hold(nameless);
    scheduler.release(nameless);
    scheduler.cancel(nameless);

    assertThat(cluster.calls())
        .contains("scancel --full --signal=STOP 101", "scancel --full --signal=CONT 101");
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
  }

  @Test
  void whatIsCancelledBeforeItIsLaunchedDoesNotRun() throws Exception {
    scheduler.cancel(new RemoteJob("", attempt()));
    scheduler.cancel(new RemoteJob("", new Attempt(KEY, temporary + "/none")));

    assertThat(scheduler.find(attempt())).isEmpty();
    assertThat(work.resolve(".jobs4j/attempt-1.cancel")).exists();
    cluster.down(true);
    assertThatThrownBy(() -> scheduler.cancel(new RemoteJob("", attempt())))
        .isInstanceOf(TransientAdapterException.class);
  }
}
