package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.RemoteUsage;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where jobs are and how they ended, and what is no evidence of an end. */
class SlurmStatusTest extends SlurmFixture {
  @Test
  void aJobThatWasRenamedIsNotLost() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.rename("101", "by-the-site", KEY);
    cluster.state("101", "RUNNING");
    cluster.shown("101", "RUNNING", "0:0", false);

    for (int i = 0; i < 4; i++) {
      assertThat(scheduler.statuses(List.of(job))).isEmpty();
      clock.advance(Duration.ofSeconds(100));
    }
    // Once for each time of grace.
    assertThat(cluster.calls()).containsOnlyOnce("scontrol -o show job 101");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 3 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(3);
  }

  @ParameterizedTest
  @CsvSource({"RUNNING, theirs", "COMPLETED, attempt-1", "REVOKED, attempt-1"})
  void aJobWhoseNumberTellsOfNoneOfOursThatIsThereIsLost(String state, String comment)
      throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.rename("101", "another", comment);
    cluster.shown("101", state, "0:0", false);
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    cluster.mute(true);
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    cluster.mute(false);

    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void aRecordedEndIsToldThoughAccountingDoesNotAnswerForLong() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.accountsDown(true);
    records("run 101 0 1700000000\n", "end attempt-1 101 0 3 exited 1700000000 1700000060\n");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(149));
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(status(job).exitCode()).hasValue(3);
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, QUEUED, ''",
    "CONFIGURING, QUEUED, ''",
    "REQUEUED, QUEUED, ''",
    "SPECIAL_EXIT, QUEUED, Held until it is released (scontrol release 101)",
    "RUNNING, RUNNING, ''",
    "SUSPENDED, RUNNING, Suspended",
    "STOPPED, RUNNING, Suspended"
  })
  void saysWhereAJobIs(String slurm, State state, String reason) throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", slurm);

    RemoteStatus status = status(job);

    assertThat(status.state()).isEqualTo(state);
    assertThat(status.reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"COMPLETING", "LAUNCH_FAILED", "HIBERNATING"})
  void someStatesSayNothing(String slurm) throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", slurm);

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofDays(3));
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStateThatIsNotKnownEndsNoJobWhoeverSaysIt(boolean accounts) throws Exception {
    cluster.accounting(true);
    cluster.accounts("");
    RemoteJob job = scheduler.submit(spec()).job();
    if (accounts) {
      cluster.purge("101");
      cluster.accounts(
          "101|HIBERNATING|0:0|1700000000|1700000010|Unknown|50|00:01.000||n1|" + NAME + "\n");
    } else {
      cluster.state("101", "FAILED");
      cluster.shown("101", "HIBERNATING", "1:0", false);
    }

    for (int i = 0; i < 3; i++) {
      assertThat(scheduler.statuses(List.of(job))).isEmpty();
      clock.advance(Duration.ofHours(1));
    }
    if (accounts) {
      records("run 101 0 1700000000\n", "end attempt-1 101 0 4 exited 1700000000 1700000060\n");
      assertThat(status(job).exitCode()).hasValue(4);
    } else {
      cluster.shown("101", "FAILED", "1:0", false);
      assertThat(status(job).exitCode()).hasValue(1);
    }
  }

  @Test
  void aJobOfASiblingClusterIsFollowed() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "REVOKED");
    cluster.federated("101", NAME, "RUNNING");

    assertThat(status(job).state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aRevokedJobThatNoSiblingHasIsLostAfterAWhile() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "REVOKED");
    cluster.federated("101", NAME, "REVOKED");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void saysWhyAJobWaits() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.reason("101", "DependencyNeverSatisfied");

    assertThat(status(job).reason()).startsWith("DependencyNeverSatisfied: it will not start");
  }

  @Test
  void aQueueThatDoesNotAnswerIsNoEvidence() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.down(true);

    assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("Unable to contact slurm controller");
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.cancel(job)).isInstanceOf(TransientAdapterException.class);
  }

  @Test
  void aForgottenJobEndedAsItsRecordSays() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 3 exited 1700000000 1700000060\n");

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.EXITED);
    assertThat(status.exitCode()).hasValue(3);
    assertThat(status.ended()).isEqualTo(Instant.ofEpochSecond(1_700_000_060));
  }

  @Test
  void aForgottenJobEndedAsAccountingSays() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.accounts(
        """
        101|CANCELLED by 0|0:0|1700000000|1700000010|1700000060|50|00:01.000||n1|jobs-attempt-1
        101.batch|CANCELLED|0:15|1700000010|1700000010|1700000060|50|00:01.000|512K|n1|batch
        """);

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.CANCELLED);
    assertThat(status.reason()).isEqualTo("It was cancelled by uid 0.");
    assertThat(status.usage()).isNotNull();
    assertThat(status.usage().maxMemory()).hasValue(512 * 1024);
    assertThat(status.usage().cpuTime()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void accountingOfAnotherJobWithItsNumberSaysNothing() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.accounts("101|COMPLETED|0:0|1700000000|1700000010|1700000060|50|00:01||n1|theirs\n");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void whoCancelledAJobThatNeverRanIsWaitedFor() throws Exception {
    cluster.accounting(true);
    cluster.accounts("");
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "CANCELLED");
    cluster.shown("101", "CANCELLED", "0:0", false);
    assertThat(scheduler.statuses(List.of(job))).isEmpty();

    cluster.accounts(
        "101|CANCELLED by 0|0:0|1700000000|1700000060|1700000060|0|00:00||None assigned|"
            + NAME
            + "\n");
    assertThat(status(job).cause()).isEqualTo(Cause.SYSTEM_FAILURE);

    cluster.accounts("");
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).cause()).isEqualTo(Cause.CANCELLED);
    scheduler.cancel(job);
    assertThat(other().statuses(List.of(job)).get(job)).isNotNull();
  }

  @Test
  void aJobIsLostOnlyAfterAWhile() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(149));
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    assertThat(status(job).reason()).contains("its script never started");
  }

  @Test
  void aJobThatComesBackIsNotLost() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    cluster.job("101", NAME, "RUNNING");
    clock.advance(Duration.ofSeconds(200));
    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    cluster.purge("101");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }

  @Test
  void noJobIsLostWhileItsFileSystemIsAwayOrAccountingDown() throws Exception {
    RemoteJob away = new RemoteJob("5", new Attempt(KEY, temporary + "/none/none"));
    for (int i = 0; i < 3; i++) {
      assertThat(scheduler.statuses(List.of(away))).isEmpty();
      clock.advance(Duration.ofHours(1));
    }
    RemoteJob gone = new RemoteJob("6", new Attempt(KEY, temporary + "/none"));
    assertThat(scheduler.statuses(List.of(gone))).isEmpty();
    clock.advance(Duration.ofHours(1));
    assertThat(status(gone).state()).isEqualTo(State.LOST);
  }

  @Test
  void aNumberThatTheClusterGaveAgainIsNotTheJob() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.job("101", "somebody-elses", "RUNNING");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    scheduler.hold(job);
    scheduler.release(job);
    scheduler.cancel(job);
    assertThat(cluster.state("101")).isEqualTo("RUNNING");
    assertThat(cluster.calls())
        .noneMatch(call -> call.matches("scontrol (hold|release|suspend|resume).*|scancel.*"));
  }

  @Test
  void aJobThatRunsUnderAnotherNumberIsFollowed() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.job("55", NAME, "RUNNING");
    records("run 55 0 1700000000\n", "");

    assertThat(status(job).state()).isEqualTo(State.RUNNING);
  }

  @Test
  void completedWithoutACodeIsNotBelieved() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "COMPLETED");
    assertThat(scheduler.statuses(List.of(job))).isEmpty();

    cluster.shown("101", "COMPLETED", "0:0", false);
    assertThat(status(job).succeeded()).isTrue();

    records("run 101 0 1700000000\n", "end attempt-1 101 0 2 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(2);
  }

  @Test
  void aCompletedJobWithARecordOfItsEndNeedsNoCommandForItself() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "COMPLETED");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    long before = cluster.calls("scontrol");

    RemoteStatus status = status(job);

    assertThat(status.succeeded()).isTrue();
    assertThat(status.started()).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    assertThat(status.ended()).isEqualTo(Instant.ofEpochSecond(1_700_000_060));
    assertThat(status.usage())
        .isEqualTo(new RemoteUsage(Duration.ofSeconds(60), null, OptionalLong.empty(), "n1"));
    assertThat(cluster.calls("scontrol")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "end attempt-1 101 0 0 exited 1700000000 1700000060",
        "end attempt-1 55 1 0 exited 1700000000 1700000060",
        "end attempt-1 101 1"
      })
  void theControllerIsAskedForACompletedJobThatDidNotRecordItsEnd(String end) throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "COMPLETED");
    cluster.restarts("101", 1);
    cluster.shown("101", "COMPLETED", "0:0", true);
    records("run 101 0 1700000000\nrun 101 1 1700000010\n", end);

    assertThat(status(job).succeeded()).isTrue();

    assertThat(cluster.calls()).contains("scontrol -o show job 101");
  }

  @Test
  void anAttemptThatSlurmNeverHadIsLostAfterAWhile() throws Exception {
    RemoteJob nameless = new RemoteJob("", attempt());

    assertThat(scheduler.statuses(List.of(nameless))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(nameless).state()).isEqualTo(State.LOST);
  }

  @Test
  void aJobWhoseNumberOnlyTheHostKnowsIsLostAfterAWhileToo() throws Exception {
    var unused = scheduler.submit(spec());
    cluster.purge("101");
    RemoteJob nameless = new RemoteJob("", attempt());

    assertThat(scheduler.statuses(List.of(nameless))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(nameless).state()).isEqualTo(State.LOST);
  }
}
