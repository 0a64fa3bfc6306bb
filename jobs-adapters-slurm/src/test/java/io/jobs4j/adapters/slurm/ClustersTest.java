package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is concluded of jobs when another cluster answers than the one that they were given to. */
class ClustersTest {
  private static final String UNSEEN =
      "The job was submitted to the Slurm cluster alpha and cannot be seen from the cluster beta,"
          + " which answers now";

  @TempDir Path temporary;
  private FakeCluster alpha;
  private FakeCluster beta;
  private FakeCluster answering;
  private Path work;
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private SlurmScheduler scheduler;

  @BeforeEach
  void open() throws IOException {
    alpha = cluster("alpha");
    beta = cluster("beta");
    answering = alpha;
    work = Files.createDirectory(temporary.resolve("work"));
    scheduler = open(new Address());
  }

  @AfterEach
  void close() {
    scheduler.close();
    alpha.close();
    beta.close();
  }

  @Test
  void theRecordsNameTheClusterThatIsAskedOnce() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    Attempt second = attempt("attempt-2", "work-2");
    scheduler.submit(spec(second));
    assertThat(status(job).state()).isEqualTo(State.QUEUED);

    assertThat(work.resolve(".jobs4j/attempt-1.id")).hasContent("id 101 on alpha");
    assertThat(work.resolve(".jobs4j/attempt-1.intent.1"))
        .content()
        .matches("intent \\d+ on alpha\\n");
    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 102 on alpha");
    assertThat(alpha.calls("scontrol show config")).isEqualTo(1);
    assertThat(alpha.commands).isEqualTo(4);
    assertThat(job.remoteJobId()).isEqualTo("101");
  }

  @Test
  void aJobOfAnotherClusterIsUnseenUntilThatAnswersAgain() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    beta.job("101", "somebody's", "RUNNING");
    answering = beta;

    for (SlurmScheduler one : List.of(scheduler, open(new Address()))) {
      for (int i = 0; i < 3; i++) {
        RemoteStatus status = one.statuses(List.of(job)).get(job);
        assertThat(status.state()).isEqualTo(State.UNSEEN);
        assertThat(status.reason()).isEqualTo(UNSEEN);
        clock.advance(Duration.ofHours(1));
      }
    }

    answering = alpha;
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    alpha.purge("101");
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofMinutes(3));
    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void itIsUnseenFromWhereItsWorkDirectoryIsNot() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    SlurmScheduler later = open(new Address());
    assertThat(later.statuses(List.of(job))).containsKey(job);
    Files.move(work, temporary.resolve("on-alpha"));
    answering = beta;

    for (SlurmScheduler one : List.of(scheduler, later)) {
      assertThat(one.statuses(List.of(job)).get(job).reason()).isEqualTo(UNSEEN);
      assertNotVisible(() -> one.cancel(job));
    }
  }

  @Test
  void itIsNotSteered() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    beta.job("101", "somebody's", "RUNNING");
    Path note = work.resolve(".jobs4j/attempt-1.hold");
    scheduler.hold(job);
    answering = beta;

    assertNotVisible(() -> scheduler.cancel(job));
    assertNotVisible(() -> scheduler.hold(job));
    assertNotVisible(() -> scheduler.release(job));

    assertThat(beta.calls())
        .noneMatch(call -> call.matches("scancel.*|scontrol (?!(-o )?show ).*"));
    assertThat(beta.state("101")).isEqualTo("RUNNING");
    assertThat(note).exists();
    answering = alpha;
    scheduler.cancel(job);
    assertThat(alpha.calls("scancel")).isEqualTo(1);
  }

  @Test
  void whatWasHandedOverWithoutAnAnswerIsNotSubmittedToAnother() throws Exception {
    alpha.submissions("lost");
    alpha.looks("fail", "fail", "fail", "fail", "fail", "fail", "fail", "fail", "fail");
    assertThatThrownBy(() -> scheduler.submit(spec(attempt())))
        .isInstanceOf(TransientAdapterException.class);
    alpha.looks("ok");
    RemoteJob nameless = new RemoteJob("", attempt());
    answering = beta;

    assertNotVisible(() -> scheduler.submit(spec(attempt())));
    assertNotVisible(() -> scheduler.find(attempt()));
    assertThat(scheduler.statuses(List.of(nameless)).get(nameless).state()).isEqualTo(State.UNSEEN);

    assertThat(beta.calls("sbatch")).isZero();
    answering = alpha;
    assertThat(scheduler.submit(spec(attempt())).job().remoteJobId()).isEqualTo("101");
    assertThat(alpha.calls("sbatch")).isEqualTo(1);
    assertThat(work.resolve(".jobs4j/attempt-1.id")).hasContent("id 101 on alpha");
  }

  @Test
  void itsRecordedEndIsTrueFromEverywhere() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), "run 101 0 1700000000\n");
    Files.writeString(
        work.resolve(".jobs4j/attempt-1.end"),
        "end attempt-1 101 0 3 exited 1700000000 1700000060\n");
    answering = beta;

    assertThat(status(job).exitCode()).hasValue(3);
  }

  @Test
  void aJobWithoutARecordedClusterIsJudgedAsBefore() throws Exception {
    Files.createDirectory(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.1"), "intent 1\n");
    Files.writeString(work.resolve(".jobs4j/attempt-1.id"), "id 101\n");
    RemoteJob job = new RemoteJob("101", attempt());
    answering = beta;

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofMinutes(3));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    scheduler.cancel(job);
  }

  @Test
  void aClusterWithoutANameIsAnother() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    answering = beta;
    Files.writeString(temporary.resolve("beta/config"), "MessageTimeout = 1 sec\n");
    String unseen = UNSEEN.replace("the cluster beta", "a cluster without a name");

    assertThat(status(job).state()).isEqualTo(State.UNSEEN);
    assertThat(status(job).reason()).isEqualTo(unseen);
    assertNotVisible(() -> scheduler.cancel(job), unseen);
    assertNotVisible(() -> scheduler.hold(job), unseen);
  }

  @Test
  void nothingIsConcludedFromAClusterThatDoesNotSayWhichItIs() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    answering = beta;
    beta.meanwhile("cat \"$FAKE/config\"\nexit 1\n");

    for (int i = 0; i < 3; i++) {
      assertThat(scheduler.statuses(List.of(job))).isEmpty();
      clock.advance(Duration.ofHours(1));
    }
    assertThatThrownBy(() -> scheduler.cancel(job))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SCHEDULER_NOT_ANSWERING));
  }

  @Test
  void aSubmissionGoesByTheClusterThatTakesIt() throws Exception {
    assertThat(scheduler.submit(spec(attempt())).job().remoteJobId()).isEqualTo("101");
    answering = beta;
    Attempt second = attempt("attempt-2", "work-2");
    RemoteJob job = scheduler.submit(spec(second)).job();

    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 101 on beta");
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
  }

  @Test
  void askingForTheNameDoesNotReadWhatIsForSbatch() throws Exception {
    scheduler.submit(spec(attempt()));
    answering = beta;
    beta.meanwhile("cat >/dev/null\n");

    scheduler.submit(spec(attempt("attempt-2", "work-2"), Map.of("SBATCH_ACCOUNT", "projects42")));

    assertThat(beta.script()).startsWith("#!/bin/sh\n").endsWith("jobs4j\n");
    assertThat(beta.environmentOf("sbatch")).contains("SBATCH_ACCOUNT=projects42");
    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 101 on beta");
  }

  @Test
  void anAttemptThatOthersTakeWhileTheNameIsAskedForIsNotSubmitted() throws Exception {
    scheduler.submit(spec(attempt()));
    answering = beta;
    beta.job("55", "jobs-attempt-2", "PENDING");
    beta.meanwhile(
        """
        echo 'intent 1' >.jobs4j/attempt-2.intent.2
        echo 'id 55' >.jobs4j/attempt-2.id
        """);

    RemoteJob job = scheduler.submit(spec(attempt("attempt-2", "work-2"))).job();

    assertThat(job.remoteJobId()).isEqualTo("55");
    assertThat(beta.calls("sbatch")).isZero();
  }

  @Test
  void severalHostsOfOneClusterAreEachAskedOnce() throws Exception {
    beta.named("alpha");
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    beta.job("101", "jobs-attempt-1", "PENDING");
    for (int i = 0; i < 4; i++) {
      answering = answering == alpha ? beta : alpha;
      assertThat(status(job).state()).isEqualTo(State.QUEUED);
    }

    assertThat(alpha.calls("scontrol show config")).isEqualTo(1);
    assertThat(beta.calls("scontrol show config")).isEqualTo(1);
  }

  @Test
  void aConfigurationThatBecomesThatOfAnotherClusterIsNoticed() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    alpha.purge("101");
    alpha.named("beta");

    assertThat(status(job).reason()).isEqualTo(UNSEEN);

    scheduler.submit(spec(attempt("attempt-2", "work-2")));
    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 102 on beta");
  }

  @Test
  void whatOneHostWasKnownToReachIsForgottenThoughAnotherReachesWhatAnswers() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    answering = beta;
    assertThat(status(job).reason()).isEqualTo(UNSEEN);
    answering = alpha;
    alpha.purge("101");
    alpha.named("beta");
    assertThat(status(job).reason()).isEqualTo(UNSEEN);

    scheduler.submit(spec(attempt("attempt-2", "work-2")));

    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 102 on beta");
  }

  @Test
  void whatAHostReachesIsAskedAgainAfterADay() throws Exception {
    RemoteJob job = scheduler.submit(spec(attempt())).job();
    answering = beta;
    assertThat(status(job).state()).isEqualTo(State.UNSEEN);
    clock.advance(Duration.ofDays(1));
    answering = alpha;
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    beta.named("gamma");
    answering = beta;

    scheduler.submit(spec(attempt("attempt-2", "work-2")));

    assertThat(temporary.resolve("work-2/.jobs4j/attempt-2.id")).hasContent("id 101 on gamma");
  }

  @Test
  void whichClusterHadAJobIsForgottenWhenItEnds() throws Exception {
    Clusters clusters = new Clusters(clock, Duration.ofDays(1));
    clusters.has("alpha", attempt());
    assertThat(clusters.of(attempt())).isEqualTo("alpha");
    clusters.ended(attempt());
    assertThat(clusters.of(attempt())).isEmpty();

    RemoteJob job = scheduler.submit(spec(attempt())).job();
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), "run 101 0 1700000000\n");
    Files.writeString(
        work.resolve(".jobs4j/attempt-1.end"),
        "end attempt-1 101 0 3 exited 1700000000 1700000060\n");
    answering = beta;
    assertThat(status(job).state()).isEqualTo(State.ENDED);
    Files.move(work, temporary.resolve("on-alpha"));

    // Only what was kept in memory would say that it is in another cluster.
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }

  private static void assertNotVisible(ThrowingCallable call) {
    assertNotVisible(call, UNSEEN);
  }

  private static void assertNotVisible(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.JOB_NOT_VISIBLE))
        .hasMessage("Attempt attempt-1: " + message);
  }

  private RemoteStatus status(RemoteJob job) throws InterruptedException {
    RemoteStatus status = scheduler.statuses(List.of(job)).get(job);
    assertThat(status).isNotNull();
    return status;
  }

  private FakeCluster cluster(String name) throws IOException {
    FakeCluster cluster = new FakeCluster(Files.createDirectory(temporary.resolve(name)));
    cluster.named(name);
    cluster.environment(Map.of("SLURM_CONF", "/etc/" + name + "/slurm.conf"));
    return cluster;
  }

  private SlurmScheduler open(CommandRunner runner) {
    return new SlurmScheduler(runner, clock, false);
  }

  private Attempt attempt() {
    return new Attempt("attempt-1", work.toString());
  }

  private Attempt attempt(String key, String directory) throws IOException {
    return new Attempt(key, Files.createDirectory(temporary.resolve(directory)).toString());
  }

  private static LaunchSpec spec(Attempt attempt) {
    return spec(attempt, Map.of());
  }

  private static LaunchSpec spec(Attempt attempt, Map<String, String> environment) {
    return LaunchSpec.builder(attempt)
        .name("name")
        .script("job.sh")
        .output("job.out")
        .error("job.err")
        .environment(environment)
        .build();
  }

  /** A name of a host that may come to stand for another. */
  private final class Address implements CommandRunner {
    @Override
    public CommandResult run(Command command) throws InterruptedException {
      return answering.run(command);
    }

    @Override
    public DetachedCommand launch(Command command) {
      return answering.launch(command);
    }

    @Override
    public void close() {}
  }
}
