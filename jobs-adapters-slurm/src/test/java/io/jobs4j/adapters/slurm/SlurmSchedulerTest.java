package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandResult;
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
import io.jobs4j.core.spi.RemoteUsage;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real cluster does not do on demand. */
@Timeout(120)
class SlurmSchedulerTest {
  private static final String KEY = "attempt-1";
  private static final String NAME = "jobs-" + KEY;

  @TempDir private Path temporary;

  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private FakeCluster cluster;
  private SlurmScheduler scheduler;
  private Path work;

  @BeforeEach
  void open() throws IOException {
    cluster = new FakeCluster(Files.createDirectory(temporary.resolve("fake")));
    scheduler = new SlurmScheduler(cluster, clock, false);
    work = Files.createDirectory(temporary.resolve("it's the work"));
  }

  @AfterEach
  void close() {
    scheduler.close();
    cluster.close();
  }

  @Test
  void isFoundByItsNames() {
    assertThat(ServiceLoader.load(RemoteSchedulerProvider.class))
        .extracting(RemoteSchedulerProvider::scheduler)
        .containsExactlyInAnyOrder("SLURM", "CUSTOM_SLURM");
  }

  @ParameterizedTest
  @CsvSource({"SLURM, true", "CUSTOM_SLURM, false"})
  void onlyOnCustomSystemsDirectivesAreAll(String name, boolean both) throws Exception {
    RemoteSchedulerProvider provider =
        ServiceLoader.load(RemoteSchedulerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(one -> one.scheduler().equals(name))
            .findFirst()
            .orElseThrow();
    LaunchSpec spec =
        LaunchSpec.builder(attempt())
            .name("name")
            .script("job.sh")
            .output("job.out")
            .error("job.err")
            .nodeCount(3)
            .queue(SlurmDirectivesTest.queue("-A mine"))
            .build();

    try (RemoteScheduler opened = provider.open(system(name), cluster)) {
      assertThat(opened.submit(spec).job().remoteJobId()).isEqualTo("101");
    }

    assertThat(cluster.words()).contains("--account=mine\n");
    assertThat(cluster.words().contains("--nodes=3\n")).isEqualTo(both);
  }

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

  @Test
  void ofSeveralThatWaitTheOldestIsKept() throws Exception {
    intent();
    cluster.job("1000", NAME, "PENDING");
    cluster.job("999", NAME, "PENDING");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("999");

    assertThat(cluster.state("1000")).isEqualTo("CANCELLED");
    assertThat(cluster.state("999")).isEqualTo("PENDING");
    assertThat(cluster.calls("sbatch")).isZero();
  }

  @Test
  void ofSeveralTheOneThatRunsIsKept() throws Exception {
    intent();
    cluster.job("999", NAME, "PENDING");
    cluster.job("998", NAME, "CANCELLED");
    cluster.job("1000", NAME, "RUNNING");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("1000");

    assertThat(cluster.state("999")).isEqualTo("CANCELLED");
    assertThat(cluster.state("1000")).isEqualTo("RUNNING");
  }

  @Test
  void aCopyThatStartsBeforeItIsCancelledRunsOn() throws Exception {
    intent();
    cluster.job("999", NAME, "PENDING");
    cluster.job("1000", NAME, "PENDING");
    cluster.startsOnHold("1000");

    RemoteJob job = scheduler.submit(spec()).job();

    assertThat(cluster.state("1000")).isEqualTo("RUNNING");
    // It is not held when Slurm queues it again.
    assertThat(cluster.calls()).contains("scontrol hold 1000", "scontrol release 1000");
    records("run 1000 0 1700000000\n", "");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    assertThat(cluster.state("999")).isEqualTo("CANCELLED");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("1000", attempt()));
  }

  @Test
  void theOneThatRunsIsFollowedWhileTheOtherWaits() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.job("55", NAME, "RUNNING");
    records("run 55 0 1700000000\n", "");

    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    scheduler.hold(job);
    assertThat(cluster.calls())
        .contains("scancel --full --signal=STOP 55")
        .doesNotContain("scontrol hold 55");
    cluster.state("55", "FAILED");
    cluster.shown("55", "FAILED", "3:0", false);
    records("run 55 0 1700000000\n", "end attempt-1 55 0 3 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(3);
  }

  @Test
  void whatOneOfTwoEndedAsIsKnownWhileTheOtherWaits() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.job("102", NAME, "PENDING");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");

    assertThat(status(job).succeeded()).isTrue();
    assertThat(cluster.state("102")).isEqualTo("CANCELLED");
  }

  @Test
  void aCopyThatWaitsIsFollowedIfTheOtherNeverRan() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "CANCELLED");
    cluster.job("102", NAME, "PENDING");

    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(cluster.state("102")).isEqualTo("PENDING");
  }

  @Test
  void allJobsOfAnAttemptAreSteered() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.job("102", NAME, "PENDING");
    cluster.job("103", "somebody-elses", "PENDING");

    scheduler.hold(job);
    scheduler.release(job);
    scheduler.cancel(job);

    assertThat(cluster.calls())
        .contains("scontrol hold 101", "scontrol hold 102")
        .contains("scontrol release 101", "scontrol release 102")
        .doesNotContain("scontrol hold 103", "scontrol release 103");
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
    assertThat(cluster.state("102")).isEqualTo("CANCELLED");
    assertThat(cluster.state("103")).isEqualTo("PENDING");
  }

  @Test
  void whatACopyReturnedThatFoundTheAttemptClaimedIsNotItsEnd() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "FAILED", "75:0", false);
    cluster.job("55", NAME, "RUNNING");
    records("run 55 0 1700000000\n", "");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);

    cluster.purge("55");
    records("run 55 0 1700000000\n", "end attempt-1 55 0 0 exited 1700000000 1700000060\n");
    assertThat(status(job).succeeded()).isTrue();
  }

  @Test
  void aJobThatWasStartedTwiceByMistakeEndedAsItsRunDid() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "FAILED", "75:0", false);
    records("run 101 0 1700000000\n", "");
    assertThat(scheduler.statuses(List.of(job))).isEmpty();

    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    assertThat(status(job).succeeded()).isTrue();

    records("run 101 0 1700000000\n", "");
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    assertThat(status(job).reason()).contains("found the attempt taken by another");
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
  void anAnswerThatIsLostAnywhereLosesNothing() throws Exception {
    for (int lost = 1; lost <= 2; lost++) {
      Attempt attempt = new Attempt("lost-" + lost, work.toString());
      SlurmScheduler scheduler = other();
      int[] left = {lost};
      cluster.answers =
          result -> {
            if (--left[0] == 0) {
              throw new TransientAdapterException(
                  RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
            }
            return result;
          };
      long before = cluster.calls("sbatch");
      assertThatThrownBy(() -> scheduler.submit(spec(attempt)))
          .isInstanceOf(TransientAdapterException.class);
      cluster.answers = result -> result;
      clock.advance(Duration.ofSeconds(1));

      RemoteJob job = scheduler.submit(spec(attempt)).job();

      assertThat(cluster.calls("sbatch")).isEqualTo(before + 1);
      assertThat(scheduler.find(attempt)).contains(job);
    }
  }

  @Test
  void aTruncatedAnswerIsNoEvidence() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    for (int length : List.of(0, 10, 30, 45)) {
      cluster.answers =
          result ->
              new CommandResult(
                  0,
                  result.output().substring(0, Math.min(length, result.output().length())),
                  "",
                  true);
      assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
          .isInstanceOf(TransientAdapterException.class);
      assertThatThrownBy(() -> other().find(attempt()))
          .isInstanceOf(TransientAdapterException.class);
    }
  }

  @Test
  void bannersDoNotMatter() throws Exception {
    String banner = "*** Welcome ***\n101             COMPLETED\njobs4jx done\n".repeat(200);
    cluster.answers =
        result ->
            new CommandResult(result.exitCode(), banner + result.output() + banner, banner, false);

    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "RUNNING");

    assertThat(job.remoteJobId()).isEqualTo("101");
    assertThat(status(job))
        .isEqualTo(RemoteStatus.running(Instant.ofEpochSecond(1_700_000_000)).withHeld(false));
    assertThat(other().find(attempt())).contains(job);
  }

  @ParameterizedTest
  @CsvSource({"500, 10, 1", "2000, 36, 1", "2001, 36, 2", "1000, 200, 2"})
  void manyJobsAreFewCommands(int count, int keyLength, int looks) throws Exception {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String key = "many-" + "0".repeat(keyLength - 10) + (10_000 + i);
      jobs.add(new RemoteJob(Integer.toString(10_000 + i), new Attempt(key, "/w")));
    }
    for (RemoteJob job : List.of(jobs.get(0), jobs.get(count - 1))) {
      cluster.job(job.remoteJobId(), "jobs-" + job.attempt().key(), "RUNNING");
    }
    scheduler.probe();
    long before = cluster.calls("squeue");

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(jobs);

    assertThat(cluster.calls("squeue") - before).isEqualTo(looks);
    assertThat(statuses).containsOnlyKeys(jobs.get(0), jobs.get(count - 1));
  }

  @Test
  void ofAUserThatSlurmCannotLookUpNothingIsKnown() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.nobody();
    Files.delete(work.resolve(".jobs4j/attempt-1.id"));

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("Invalid user");
      clock.advance(Duration.ofHours(1));
    }
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.submit(spec()))
        .isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.hold(job)).isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.release(job)).isInstanceOf(TransientAdapterException.class);
    assertThatThrownBy(() -> scheduler.cancel(job))
        .isInstanceOf(TransientAdapterException.class)
        .hasMessageContaining("Invalid user");
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    assertThat(cluster.calls("sbatch")).isEqualTo(1);
  }

  @Test
  void onlyJobsOfTheUserAreAskedFor() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    Files.delete(work.resolve(".jobs4j/attempt-1.id"));
    cluster.purge("101");
    cluster.accounts("77|COMPLETED\n");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("77", attempt()));
    cluster.job("101", NAME, "PENDING");
    cluster.job("102", NAME, "PENDING");
    status(job);
    scheduler.probe();
    scheduler.cancel(job);

    assertThat(cluster.calls())
        .filteredOn(call -> call.matches("squeue.*|sacct.*--name.*"))
        .hasSizeGreaterThan(4)
        .allMatch(call -> call.contains(" -u "));
    assertThat(cluster.calls())
        .filteredOn(call -> call.startsWith("scancel"))
        .isNotEmpty()
        .allMatch(call -> call.matches("scancel \\d+"));
  }

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
  void requeuesOfOneSlurmJobAreNotThoseOfAnother() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.restarts("101", 2);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    cluster.purge("101");
    records("run 55 0 1700000000\n", "end attempt-1 55 0 3 exited 1700000000 1700000060\n");

    assertThat(status(job).exitCode()).hasValue(3);
  }

  @Test
  void howOftenAJobWasQueuedAgainIsNotForgotten() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    Path note = work.resolve(".jobs4j/attempt-1.restarts");
    Files.writeString(note, "restarts 55 4\nrestarts 101 5\nrestarts x\n");
    cluster.restarts("101", 1);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(note).hasContent("restarts 55 4\nrestarts 101 5");

    cluster.restarts("101", 6);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(note).hasContent("restarts 55 4\nrestarts 101 6");
  }

  @Test
  void jobsOfWhichTogetherTooMuchIsSaidAreSettledSingly() throws Exception {
    cluster.accounting(true);
    cluster.accounts("");
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path directory = Files.createDirectories(temporary.resolve("of-" + i + "/.jobs4j"));
      Files.writeString(directory.resolve("of-" + i + ".run"), "run 7%d 0 1\n".formatted(i));
      Files.writeString(
          directory.resolve("of-" + i + ".end"),
          "end of-%d 7%d 0 %d exited 1 2\n".formatted(i, i, i));
      jobs.add(new RemoteJob("7" + i, new Attempt("of-" + i, directory.getParent().toString())));
    }
    cluster.answers =
        result ->
            // Of the last there are too many steps by itself.
            result.output().contains("begin records-1")
                    || (result.output().contains("end of-2") && !lastCall("sacct").endsWith(" -X"))
                ? new CommandResult(0, result.output().substring(0, 20), "", true)
                : result;

    Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(jobs);

    assertThat(jobs).allSatisfy(job -> assertThat(statuses).containsKey(job));
    assertThat(statuses.get(jobs.get(2)).exitCode()).hasValue(2);
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

  @Test
  void aSubmissionThatWasTakenBackHidesNoLaterOne() throws Exception {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.2"), "intent 1\n");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("101");

    assertThat(cluster.calls("squeue")).isPositive();
    assertThat(work.resolve(".jobs4j/attempt-1.intent.1")).doesNotExist();
    assertThat(work.resolve(".jobs4j/attempt-1.intent.3")).exists();
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
  void anOldRecordIsNotBelieved() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.restarts("101", 1);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    cluster.purge("101");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void anOldRecordIsNotBelievedAfterARestartOfThisProcess() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.restarts("101", 2);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    int before = cluster.commands;
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    // It was noted once.
    assertThat(cluster.commands).isEqualTo(before + 1);
    cluster.purge("101");

    scheduler = other();
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    records("run 101 0 1700000000\n", "end attempt-1 101 2 6 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(6);
  }

  @Test
  void thatAJobWasQueuedAgainIsNotedOnceItCanBe() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.restarts("101", 1);
    int[] left = {2};
    cluster.answers =
        result -> {
          if (--left[0] == 0) {
            throw new TransientAdapterException(
                RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
          }
          return result;
        };
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    int before = cluster.commands;

    assertThat(status(job).state()).isEqualTo(State.QUEUED);

    assertThat(cluster.commands).isEqualTo(before + 2);
    assertThat(work.resolve(".jobs4j/attempt-1.restarts")).hasContent("restarts 101 1");
  }

  @Test
  void accountingTellsThatARecordIsOld() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.accounts(
        """
        101|NODE_FAIL|0:0|1700000000|1700000010|1700000060|50|00:01||n1|jobs-attempt-1
        101|FAILED|7:0|1700000100|1700000110|1700000160|50|00:01||n1|jobs-attempt-1
        """);

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).contains("could not start it");
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
  void whatSlurmQueuesAgainIsWaitedFor() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");
    cluster.shown("101", "NODE_FAIL", "0:15", true);

    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).cause()).isEqualTo(Cause.SYSTEM_FAILURE);
  }

  @Test
  void whileTheControllerDoesNotSayWhetherItQueuesAJobAgainThereIsNoVerdict() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }

  @Test
  void whatSlurmDoesNotQueueAgainIsOver() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");
    cluster.shown("101", "NODE_FAIL", "0:15", false);

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).isEqualTo("A node of it failed.");
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
  void allRunsOfAJobAreRead() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    StringBuilder runs = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      runs.append("run 101 %d 1700000000\n".formatted(i));
    }
    records(runs.toString(), "");
    cluster.state("101", "FAILED");
    cluster.restarts("101", 29);
    cluster.shown("101", "FAILED", "4:0", true);

    assertThat(status(job).exitCode()).hasValue(4);
  }

  @Test
  void aJobThatIsQueuedAgainBetweenTwoLooksIsNotOver() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "PENDING", "0:0", true);

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
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

  @Test
  void settingsAreAskedForOnceADay() throws Exception {
    scheduler.probe();
    scheduler.probe();
    assertThat(cluster.calls("scontrol show config")).isEqualTo(1);
    clock.advance(Duration.ofDays(1));
    scheduler.probe();
    assertThat(cluster.calls("scontrol show config")).isEqualTo(2);
  }

  @Test
  void aClusterThatDoesNotSayHowItIsConfiguredIsLeftInPeaceForAWhile() throws Exception {
    cluster.down(true);
    int asked = 0;
    for (int pause : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
      asked++;
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> scheduler.find(attempt()))
            .isInstanceOfSatisfying(
                TransientAdapterException.class,
                e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SCHEDULER_NOT_ANSWERING))
            .hasMessageContaining("No answer from scontrol");
      }
      assertThat(cluster.calls("scontrol show config")).isEqualTo(asked);
      clock.advance(Duration.ofSeconds(pause));
    }
    assertThatThrownBy(() -> scheduler.find(attempt()))
        .isInstanceOf(TransientAdapterException.class);
    // Whoever asks whether it answers wants to know.
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    assertThat(cluster.calls("scontrol show config")).isEqualTo(asked + 2);
    cluster.down(false);
    scheduler.probe();
    assertThat(scheduler.find(attempt())).isEmpty();
  }

  @Test
  void whatWasKnownIsBelievedWhileTheClusterDoesNotSayHowItIsConfigured() throws Exception {
    scheduler.probe();
    clock.advance(Duration.ofDays(1));
    cluster.answers =
        result ->
            result.output().contains("jobs4j begin config")
                ? new CommandResult(0, "", "", false)
                : result;

    assertThat(scheduler.find(attempt())).isEmpty();
    assertThat(scheduler.find(attempt())).isEmpty();

    assertThat(cluster.calls("scontrol show config")).isEqualTo(2);
  }

  private String lastCall(String command) {
    try {
      return cluster.calls().stream()
          .filter(call -> call.startsWith(command))
          .reduce("", (first, last) -> last);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void intent() throws IOException {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.1"), "intent 1\n");
  }

  private void records(String run, String end) throws IOException {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), run);
    Files.writeString(work.resolve(".jobs4j/attempt-1.end"), end);
  }

  private RemoteStatus status(RemoteJob job) throws InterruptedException {
    RemoteStatus status = scheduler.statuses(List.of(job)).get(job);
    assertThat(status).isNotNull();
    return status;
  }

  private static ExecutionSystem system(String scheduler) {
    return new ExecutionSystem(
        "system",
        null,
        true,
        scheduler,
        new LoginAccess("LOCAL", null, 0),
        new StorageAccess("LOCAL", null, 0, "/", "/"),
        null,
        null,
        null,
        List.of(),
        false,
        -1,
        -1,
        List.of());
  }

  private SlurmScheduler other() {
    return new SlurmScheduler(cluster, clock, false);
  }

  private Attempt attempt() {
    return new Attempt(KEY, work.toString());
  }

  private LaunchSpec spec() {
    return spec(attempt());
  }

  private static LaunchSpec spec(Attempt attempt) {
    return LaunchSpec.builder(attempt)
        .name("name")
        .script("job.sh")
        .output("job.out")
        .error("job.err")
        .build();
  }
}
