package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An attempt is submitted once, whatever happens meanwhile. */
class SlurmSubmissionTest extends SlurmFixture {
  @Test
  void aSubmissionIsOneCommand() throws Exception {
    Submission submission = scheduler.submit(spec());

    assertThat(submission.job()).isEqualTo(new RemoteJob("101", attempt()));
    assertThat(submission.status().state()).isEqualTo(State.QUEUED);
    // The other asks how the cluster is configured, once.
    assertThat(cluster.commands).isEqualTo(2);
    assertThat(cluster.words()).contains("--job-name=" + NAME + "\n");
  }

  @Test
  void anAttemptIsSubmittedOnceHoweverOftenItIsAsked() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();

    assertThat(scheduler.submit(spec()).job()).isEqualTo(job);
    assertThat(other().submit(spec()).job()).isEqualTo(job);
    cluster.purge("101");
    assertThat(other().submit(spec()).job()).isEqualTo(job);
    assertThat(scheduler.find(attempt())).contains(job);
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost", "silent", "double"})
  void aJobWhoseIdIsLostIsFoundByItsName(String mode) throws Exception {
    cluster.submissions(mode);
    cluster.job("7", "jobs-attempt-10", "RUNNING");

    Submission submission = scheduler.submit(spec());

    assertThat(submission.job().remoteJobId()).isEqualTo("101");
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
    assertThat(scheduler.find(attempt())).contains(submission.job());
  }

  @Test
  void whatSlurmSaysLastCountsHoweverMuchTheSiteSays() throws Exception {
    cluster.submissions("wordy");

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("Invalid partition name specified");
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void readsTheIdAmongWhatTheSiteSays() throws Exception {
    cluster.submissions("chatty");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");
  }

  @Test
  void aJobThatProvablyIsNotThereIsSubmittedAgain() throws Exception {
    cluster.submissions("unsent");

    Submission submission = scheduler.submit(spec());

    assertThat(submission.job().remoteJobId()).isEqualTo("101");
    assertThat(cluster.calls("sbatch")).isEqualTo(2);
    assertThat(cluster.calls("squeue")).isGreaterThan(1);
  }

  @Test
  void whatKeepsFailingBlocks() throws Exception {
    cluster.submissions("unsent", "unsent", "unsent");

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SCHEDULER_NOT_ANSWERING))
        .hasMessageContaining("Socket timed out");
  }

  @Test
  void nothingIsSubmittedAgainWhileTheQueueCannotBeLookedAt() throws Exception {
    scheduler.probe();
    cluster.submissions("lost");
    cluster.down(true);

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(TransientAdapterException.class);
    assertThat(cluster.calls("sbatch")).isEqualTo(1);

    cluster.down(false);
    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void theRunRecordTellsOfAJobThatIsForgotten() throws Exception {
    cluster.submissions("lost");
    cluster.down(true);
    cluster.down(false);
    intent();
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), "run 55 0 1700000000\n");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("55");
    assertThat(cluster.calls("sbatch")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "id ",
        "id 12",
        "id 12x\n",
        "id 012\n",
        "id 1 2\n",
        "id 12345678901\n",
        "\0\0\0\0"
      })
  void anIdThatCannotBeReadIsLookedForByName(String damaged) throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    Path id = work.resolve(".jobs4j/attempt-1.id");
    Files.writeString(id, damaged);

    assertThat(other().find(attempt())).contains(job);
    assertThat(id).hasContent("id 101");
    Files.writeString(id, damaged);
    assertThat(other().submit(spec()).job()).isEqualTo(job);
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void anAttemptWhoseIdCannotBeReadAndThatIsNowhereIsSubmittedAgain() throws Exception {
    scheduler.submit(spec());
    cluster.purge("101");
    Files.writeString(work.resolve(".jobs4j/attempt-1.id"), "");
    // It is long ago that somebody was about to call sbatch.
    intent();

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("102");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("102", attempt()));
  }

  @Test
  void whoClaimedAnAttemptIsKnownWhateverIsWrittenAfterIt() throws Exception {
    records("run 101 0 1700000000\nrun 10", "");

    assertThat(scheduler.find(attempt())).contains(new RemoteJob("101", attempt()));
  }

  @Test
  void anAttemptWhoseRunCannotBeReadIsNotSubmittedAgain() throws Exception {
    intent();
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), "");

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("it may have run");
    assertThat(cluster.calls("sbatch")).isZero();

    Files.delete(work.resolve(".jobs4j/attempt-1.intent.1"));
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(PermanentAdapterException.class);
    cluster.job("77", NAME, "RUNNING");
    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("77");
  }

  @Test
  void aDeadSubmitterIsFollowedByAnother() throws Exception {
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.1"), "");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void findsNothingThatWasNeverSubmitted() throws Exception {
    assertThat(scheduler.find(attempt())).isEmpty();
    assertThat(scheduler.find(new Attempt(KEY, temporary + "/none"))).isEmpty();
    assertThatThrownBy(() -> scheduler.find(new Attempt(KEY, temporary + "/none/none")))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("seems to be away");
  }

  @Test
  void findsNothingOnlyIfAccountingAgrees() throws Exception {
    cluster.accounting(true);
    cluster.accounts("77|COMPLETED\n");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("77", attempt()));
  }

  @Test
  void whatSlurmRefusesFails() throws Exception {
    cluster.submissions("refuse");

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "Slurm refused the job: invalid partition specified: nosuch; Batch job submission"
                + " failed: Invalid partition name specified");
    assertThat(scheduler.find(attempt())).isEmpty();
    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");
  }

  @Test
  void aRefusalIsSaidEvenIfTheIntentCannotBeTakenBack() throws Exception {
    scheduler.probe();
    cluster.submissions("refuse");
    int[] left = {2};
    cluster.answers =
        result -> {
          if (--left[0] == 0) {
            throw new TransientAdapterException(
                RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
          }
          return result;
        };

    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("invalid partition specified");
    assertThat(left[0]).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void aJobIsFoundEvenIfNothingCanBeDoneAboutIt(int lost) throws Exception {
    scheduler.probe();
    intent();
    cluster.job("999", NAME, "PENDING");
    cluster.job("1000", NAME, "PENDING");
    int[] left = {lost};
    cluster.answers =
        result -> {
          if (--left[0] == 0) {
            throw new TransientAdapterException(
                RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
          }
          return result;
        };

    assertThat(scheduler.find(attempt())).contains(new RemoteJob("999", attempt()));
    assertThat(left[0]).isNotPositive();
  }

  @Test
  void aMissingWorkDirectoryIsSaid() {
    LaunchSpec spec = spec(new Attempt(KEY, temporary + "/none"));

    assertThatThrownBy(() -> scheduler.submit(spec))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("there is no such directory");
  }

  @Test
  void aSubmissionThatWasTakenBackHidesNoLaterOne() throws Exception {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.2"), "intent 1\n");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");

    assertThat(cluster.calls("squeue")).isPositive();
    assertThat(work.resolve(".jobs4j/attempt-1.intent.1")).doesNotExist();
    assertThat(work.resolve(".jobs4j/attempt-1.intent.3")).exists();
  }
}
