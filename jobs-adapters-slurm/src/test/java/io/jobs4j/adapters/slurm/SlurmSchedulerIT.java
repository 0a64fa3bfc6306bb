package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to jobs and clusters, on a cluster without accounting, as a user without rights. */
@RequiresServices(Service.SLURM)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SlurmSchedulerIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String WAIT = "until [ -e go ]; do sleep 0.1; done\n";

  private static SlurmCluster cluster;

  private final List<RemoteJob> submitted = new ArrayList<>();
  private ClusterRunner runner;
  private SlurmScheduler scheduler;
  private Path base;
  private Path work;
  private String uuid;

  @BeforeAll
  static void findCluster() {
    cluster = SlurmCluster.withoutAccounting();
  }

  @BeforeEach
  void open() throws IOException {
    cluster.restore();
    runner = ClusterRunner.asUser(cluster);
    scheduler = new SlurmScheduler(runner, Clock.systemUTC(), false);
    base = Files.createTempDirectory(Path.of("/tmp"), "slurm");
    open(base);
    work = open(Files.createDirectory(base.resolve("work % \"d\" $(x) \\ ü")));
    uuid = UUID.randomUUID().toString();
  }

  @AfterEach
  void close() throws Exception {
    cluster.restore();
    for (RemoteJob job : submitted) {
      scheduler.cancel(job);
    }
    scheduler.close();
    runner.close();
    try (var files = Files.walk(base)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Test
  void anAdministratorCancels() throws Exception {
    RemoteJob job = submit(WAIT, null);
    awaitState(job, State.RUNNING);

    cluster.scancel(job.remoteJobId());

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
  }

  @Test
  void anAdministratorHolds() throws Exception {
    RemoteJob job = submit("exit 0", "down");
    assertThat(awaitState(job, State.QUEUED).reason()).isEqualTo("PartitionDown");

    cluster.scontrol("hold", job.remoteJobId());

    assertThat(awaitThat(job, status -> status.reason().startsWith("JobHeldAdmin")).reason())
        .isEqualTo("JobHeldAdmin: held until an administrator of the cluster releases it");
  }

  @Test
  void aUserWithoutRightsHoldsARunningJob() throws Exception {
    RemoteJob job = submit("echo $$ >pid\n" + WAIT, null);
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("pid")));
    String pid = Files.readString(work.resolve("pid")).strip();

    scheduler.hold(job);

    await().atMost(PATIENCE).until(() -> stateOf(pid).equals("T"));
    assertThat(status(job)).extracting(RemoteStatus::state).isEqualTo(State.RUNNING);
    assertThat(status(job)).extracting(RemoteStatus::held).isEqualTo(true);
    scheduler.release(job);
    await().atMost(PATIENCE).until(() -> !stateOf(pid).equals("T"));
    assertThat(status(job)).extracting(RemoteStatus::held).isEqualTo(false);
    Files.createFile(work.resolve("go"));
    assertThat(awaitEnd(job).succeeded()).isTrue();
  }

  @Test
  void aJobThatIsQueuedAgainIsFollowedToItsEnd() throws Exception {
    RemoteJob job =
        submit(
            "echo run >>count\n[ $(wc -l <count) -eq 2 ] || sleep 600\nexit 5", null, "--requeue");
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("count")));

    cluster.scontrol("requeue", job.remoteJobId());
    assertThat(awaitThat(job, status -> status.state() == State.QUEUED)).isNotNull();
    startSoon(job);

    RemoteStatus end = awaitEnd(job);
    assertThat(end.exitCode()).hasValue(5);
    assertThat(Files.readAllLines(work.resolve("count"))).hasSize(2);
  }

  @Test
  void aJobThatIsQueuedAgainAndHeldIsReleased() throws Exception {
    RemoteJob job = submit("[ -e go ] || sleep 600", null, "--requeue");
    awaitState(job, State.RUNNING);

    cluster.scontrol("requeuehold", job.remoteJobId());
    RemoteStatus held = awaitThat(job, status -> status.reason().contains("held"));
    assertThat(held.state()).isEqualTo(State.QUEUED);
    Files.createFile(work.resolve("go"));
    cluster.scontrol("release", job.remoteJobId());
    startSoon(job);

    assertThat(awaitEnd(job).succeeded()).isTrue();
  }

  @Test
  void theRecordOfAnEarlierRunIsNotBelievedByALaterProcess() throws Exception {
    RemoteJob job = submit("touch started; sleep 600", null, "--requeue");
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("started")));
    cluster.scontrol("requeuehold", job.remoteJobId());
    awaitThat(job, status -> status.reason().contains("held"));
    assertThat(work.resolve(".jobs4j/" + attempt(1).key() + ".end")).exists();
    cluster.purgeAfter(Duration.ofSeconds(2));
    cluster.scancel(job.remoteJobId());
    await().atMost(PATIENCE).until(() -> stateInQueue(job.remoteJobId()).isEmpty());

    SettableClock clock = new SettableClock(Clock.systemUTC().instant());
    SlurmScheduler later = new SlurmScheduler(runner, clock, false);

    assertThat(later.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofMinutes(3));
    assertThat(later.statuses(List.of(job)).get(job))
        .extracting(RemoteStatus::state)
        .isEqualTo(State.LOST);
  }

  @Test
  void aNodeThatFailsEndsItsJob() throws Exception {
    RemoteJob job = submit(WAIT, null, "--nodelist=" + cluster.nodes().get(1));
    awaitState(job, State.RUNNING);

    cluster.takeNodeDown(cluster.nodes().get(1));

    RemoteStatus end = awaitEnd(job);
    assertThat(end.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(end.reason()).startsWith("A node of it failed");
  }

  @Test
  void aJobThatSlurmMayQueueAgainOutlivesItsNode() throws Exception {
    RemoteJob job =
        submit("[ -e go ] || sleep 600", null, "--requeue", "--nodelist=" + cluster.nodes().get(1));
    awaitState(job, State.RUNNING);

    cluster.takeNodeDown(cluster.nodes().get(1));

    awaitState(job, State.QUEUED);
    Files.createFile(work.resolve("go"));
    cluster.start();
    startSoon(job);

    assertThat(awaitEnd(job).succeeded()).isTrue();
  }

  @Test
  void whatSlurmRefusesFailsWithItsWords() throws Exception {
    assertThatThrownBy(() -> submit("exit 0", "nosuch"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("invalid partition specified: nosuch");
    assertThatThrownBy(() -> submit(spec(2, Duration.ofHours(1), 1, "short")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("Requested time limit is invalid");
    assertThatThrownBy(() -> submit(spec(3, null, 2, "short")))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("Node count specification invalid");
    assertThat(scheduler.find(attempt(2))).isEmpty();
  }

  @Test
  void aWorkDirectoryThatNodesDoNotSeeIsSaid() throws Exception {
    Path other = open(Files.createDirectory(base.resolve("other")));
    RemoteJob job = submit(spec(attempt(1, other), "down"));
    try (var files = Files.walk(other)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }

    cluster.scontrol("update", "PartitionName=down", "State=UP");

    RemoteStatus end = awaitEnd(job);
    assertThat(end.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(end.reason()).contains("work directory").contains("JobLaunchFailure");
  }

  @Test
  void aForgottenJobEndedAsItsRecordSays() throws Exception {
    cluster.purgeAfter(Duration.ofSeconds(2));
    RemoteJob job = submit("exit 3", null);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !cluster
                    .run("squeue", "-h", "-t", "all", "-o", "%i")
                    .lines()
                    .toList()
                    .contains(job.remoteJobId()));

    RemoteStatus end = awaitEnd(job);

    assertThat(end.exitCode()).hasValue(3);
    assertThat(end.started()).isNotNull();
    assertThat(end.ended()).isNotNull();
    assertThat(scheduler.find(attempt(1))).contains(job);
  }

  @Test
  void aControllerThatHangsWhileAJobIsSubmittedLeavesOne() throws Exception {
    scheduler.probe();
    write("echo once >>count");
    cluster.stall();
    AtomicBoolean resumed = new AtomicBoolean();
    runner.after =
        () -> {
          // sbatch has given up.
          if (resumed.compareAndSet(false, true)) {
            cluster.resume();
          }
        };

    RemoteJob job = submit(spec(attempt(1, work), null));

    awaitEnd(job);
    assertThat(work.resolve("count")).hasContent("once");
    assertThat(jobsNamed(BatchSubmission.name(attempt(1)))).containsExactly(job.remoteJobId());
    assertThat(scheduler.find(attempt(1))).contains(job);
  }

  @Test
  void aControllerThatHangsOnIsNotAskedForASecondJob() throws Exception {
    scheduler.probe();
    write("echo once >>count");
    cluster.stall();

    assertThatThrownBy(() -> submit(spec(attempt(1, work), null)))
        .isInstanceOfSatisfying(
            TransientAdapterException.class,
            e -> assertThat(e.condition()).isEqualTo(RecoveryCondition.SCHEDULER_NOT_ANSWERING));
    assertThatThrownBy(() -> scheduler.probe()).isInstanceOf(TransientAdapterException.class);
    cluster.resume();
    RemoteJob job = submit(spec(attempt(1, work), null));

    awaitEnd(job);
    assertThat(work.resolve("count")).hasContent("once");
    assertThat(jobsNamed(BatchSubmission.name(attempt(1)))).containsExactly(job.remoteJobId());
  }

  @Test
  void jobsRunOnWhileTheControllerIsDead() throws Exception {
    RemoteJob job = submit(WAIT + "exit 7", null);
    awaitState(job, State.RUNNING);
    awaitThatItIsSaved(job);

    cluster.kill();
    assertThatThrownBy(() -> scheduler.statuses(List.of(job)))
        .isInstanceOf(TransientAdapterException.class);
    Files.createFile(work.resolve("go"));
    cluster.start();

    assertThat(awaitEnd(job).exitCode()).hasValue(7);
  }

  @Test
  void ofTwoJobsOfAnAttemptTheOneThatRunsIsFollowedAndTheOtherCancelled() throws Exception {
    RemoteJob job = submit("echo once >>count\n" + WAIT + "exit 6", "down");
    awaitState(job, State.QUEUED);
    String copy = submitCopy();
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("count")));

    awaitState(job, State.RUNNING);

    assertThat(stateInQueue(job.remoteJobId())).isEqualTo("CANCELLED");
    assertThat(stateInQueue(copy)).isEqualTo("RUNNING");
    assertThat(scheduler.find(attempt(1))).contains(new RemoteJob(copy, attempt(1)));
    Files.createFile(work.resolve("go"));
    assertThat(awaitEnd(job).exitCode()).hasValue(6);
    assertThat(work.resolve("count")).hasContent("once");
  }

  @Test
  void aCopyThatStartsLaterDoesNothingAndIsNotTheEnd() throws Exception {
    RemoteJob job = submit("echo once\n" + WAIT + "exit 6", null);
    await()
        .atMost(PATIENCE)
        .until(
            () -> Files.exists(work.resolve("job.out")) && Files.size(work.resolve("job.out")) > 0);
    String copy = submitCopy();
    await().atMost(PATIENCE).until(() -> stateInQueue(copy).equals("FAILED"));

    assertThat(awaitState(new RemoteJob(copy, attempt(1)), State.RUNNING)).isNotNull();
    scheduler.hold(new RemoteJob(copy, attempt(1)));
    scheduler.release(new RemoteJob(copy, attempt(1)));
    Files.createFile(work.resolve("go"));

    assertThat(awaitEnd(new RemoteJob(copy, attempt(1))).exitCode()).hasValue(6);
    assertThat(awaitEnd(job).exitCode()).hasValue(6);
    assertThat(work.resolve("job.out")).hasContent("once");
  }

  @Test
  void allJobsOfAnAttemptAreCancelled() throws Exception {
    RemoteJob job = submit("echo once >>count\n" + WAIT, "down");
    String copy = submitCopy();
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("count")));

    scheduler.cancel(job);

    assertThat(awaitEnd(job).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(stateInQueue(job.remoteJobId())).isEqualTo("CANCELLED");
    await().atMost(PATIENCE).until(() -> stateInQueue(copy).equals("CANCELLED"));
  }

  @Test
  void aJobThatSomebodyRenamedIsNotLostAndCanBeCancelled() throws Exception {
    RemoteJob job = submit(WAIT, null);
    awaitState(job, State.RUNNING);
    SettableClock clock = new SettableClock(Clock.systemUTC().instant());
    SlurmScheduler later = new SlurmScheduler(runner, clock, false);
    cluster.scontrol("update", "JobId=" + job.remoteJobId(), "JobName=another");

    for (int i = 0; i < 3; i++) {
      assertThat(later.statuses(List.of(job))).isEmpty();
      clock.advance(Duration.ofMinutes(3));
    }
    later.cancel(job);

    await().atMost(PATIENCE).until(() -> stateInQueue(job.remoteJobId()).equals("CANCELLED"));
  }

  @Test
  void aUserThatTheHostDoesNotKnowIsNotAnswered() {
    try (ClusterRunner unknown = ClusterRunner.asUnknown(cluster)) {
      SlurmScheduler scheduler = new SlurmScheduler(unknown, Clock.systemUTC(), false);

      assertThatThrownBy(() -> scheduler.probe())
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("Invalid user");
      assertThatThrownBy(() -> scheduler.statuses(List.of(new RemoteJob("1", attempt(1)))))
          .isInstanceOf(TransientAdapterException.class)
          .hasMessageContaining("Invalid user");
    }
  }

  @Test
  void signalsForTheScriptAloneReachTheJob() throws Exception {
    RemoteJob job =
        submit(
            "trap 'exit 9' USR1\ntouch ready\nwhile :; do sleep 0.1; done",
            null,
            "--signal=B:USR1");
    await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("ready")));

    cluster.scancel("--batch", "--signal=USR1", job.remoteJobId());

    assertThat(awaitEnd(job).exitCode()).hasValue(9);
  }

  /**
   * Slurm would wait for two minutes, so that the node has forgotten the permission for the first
   * run, which it tells by its second.
   */
  private static void startSoon(RemoteJob job) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                cluster
                    .scontrol("update", "JobId=" + job.remoteJobId(), "StartTime=now+3")
                    .isEmpty());
  }

  /** Otherwise a controller that is killed takes the job to be waiting still. */
  private static void awaitThatItIsSaved(RemoteJob job) throws IOException {
    String location =
        cluster
            .scontrol("show", "config")
            .lines()
            .filter(line -> line.startsWith("StateSaveLocation"))
            .map(line -> line.substring(line.indexOf('=') + 1).strip())
            .findFirst()
            .orElseThrow();
    Path saved = Path.of(location, "job_state");
    FileTime before = Files.getLastModifiedTime(saved);
    cluster.scontrol("update", "JobId=" + job.remoteJobId(), "TimeLimit=9");
    await().atMost(PATIENCE).until(() -> Files.getLastModifiedTime(saved).compareTo(before) > 0);
  }

  private static String stateOf(String pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
  }

  private static List<String> jobsNamed(String name) {
    return cluster.run("squeue", "-h", "-t", "all", "--name=" + name, "-o", "%i").lines().toList();
  }

  /** What happens if the answer to a submission is lost and the job not found. */
  private String submitCopy() throws InterruptedException {
    BatchSubmission batch = BatchSubmission.of(spec(attempt(1, work), null), false, false);
    return runner
        .run(Command.of(batch.words().toArray(String[]::new)).withInput(batch.script()))
        .output()
        .strip();
  }

  private static String stateInQueue(String id) {
    return cluster.run("squeue", "-h", "-t", "all", "-j", id + "," + id, "-o", "%T").strip();
  }

  private RemoteJob submit(String script, @Nullable String partition, String... directives)
      throws Exception {
    write(script);
    return submit(spec(attempt(1, work), queue(partition, String.join("\n", directives)), null, 1));
  }

  private RemoteJob submit(LaunchSpec spec) throws InterruptedException {
    RemoteJob job = scheduler.submit(spec).job();
    submitted.add(job);
    return job;
  }

  private void write(String script) throws IOException {
    Files.writeString(work.resolve("job.sh"), script + "\n");
  }

  private @Nullable RemoteStatus status(RemoteJob job) throws InterruptedException {
    return scheduler.statuses(List.of(job)).get(job);
  }

  private RemoteStatus awaitState(RemoteJob job, State state) {
    return awaitThat(job, status -> status.state() == state);
  }

  private RemoteStatus awaitEnd(RemoteJob job) {
    return awaitThat(job, RemoteStatus::isOver);
  }

  private RemoteStatus awaitThat(RemoteJob job, Predicate<RemoteStatus> right) {
    return org.awaitility.Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(TransientAdapterException.class)
        .until(() -> status(job), status -> status != null && right.test(status));
  }

  private Attempt attempt(int number) {
    return attempt(number, work);
  }

  private Attempt attempt(int number, Path directory) {
    return Attempt.of(uuid, number, directory.toString());
  }

  private LaunchSpec spec(int attempt, @Nullable Duration time, int nodes, String partition) {
    return spec(attempt(attempt), queue(partition, ""), time, nodes);
  }

  private LaunchSpec spec(Attempt attempt, @Nullable String partition) {
    return spec(attempt, queue(partition, ""), null, 1);
  }

  private static LaunchSpec spec(
      Attempt attempt, @Nullable BatchQueue queue, @Nullable Duration time, int nodes) {
    return LaunchSpec.builder(attempt)
        .name("name")
        .script("job.sh")
        .output("job.out")
        .error("job.err")
        .nodeCount(nodes)
        .maxRunTime(time)
        .queue(queue)
        .build();
  }

  private static BatchQueue queue(@Nullable String partition, String directives) {
    return new BatchQueue(
        partition == null ? "normal" : partition,
        null,
        -1,
        -1,
        -1,
        -1,
        null,
        null,
        directives,
        false);
  }

  private static Path open(Path directory) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }
}
