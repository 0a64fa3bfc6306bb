package io.jobs4j.it;

import static io.jobs4j.it.ClusterFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of jobs for each end that Slurm can give them, through the whole engine: status,
 * outcome, condition code, and what the user is told. {@link SlurmLifecycleIT} has the end of a job
 * that runs too long.
 */
@RequiresServices({Service.SLURM, Service.SLURM_ACCOUNTING, Service.SSHD})
class SlurmEndsIT {
  private static final String FIRST = "first";
  private static final String SECOND = "second";

  @TempDir Path directory;

  private final List<Run> runs = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Run run : runs) {
      run.close();
    }
  }

  /** An end, and what is to be seen of it. */
  private enum End {
    RETURNS_ZERO("zero", FIRST, JobStatus.FINISHED, ConditionCode.NORMAL_COMPLETION, "completed"),
    RETURNS_THREE(
        "three", FIRST, JobStatus.FAILED, ConditionCode.JOB_REMOTE_OUTCOME_ERROR, "code 3"),
    IS_KILLED("killed", FIRST, JobStatus.FAILED, ConditionCode.SCHEDULER_TERMINATED, "signal 9"),
    /** This machine has no cgroups: Slurm's answer about a job that returned zero is changed. */
    USES_TOO_MUCH_MEMORY(
        "patient", FIRST, JobStatus.FAILED, ConditionCode.SCHEDULER_OUT_OF_MEMORY, "memory"),
    IS_CANCELLED_BY_US(
        "patient", FIRST, JobStatus.STOPPED, ConditionCode.CANCELLED_BY_USER, "alice"),
    IS_CANCELLED_WAITING_BY_US(
        "patient", "closed", JobStatus.STOPPED, ConditionCode.CANCELLED_BY_USER, "alice"),
    IS_CANCELLED_BY_ADMINISTRATOR(
        "patient", FIRST, JobStatus.FAILED, ConditionCode.SCHEDULER_CANCELLED, "was cancelled"),
    LOSES_ITS_NODE(
        "patient", SECOND, JobStatus.FAILED, ConditionCode.SCHEDULER_TERMINATED, "A node of it"),
    LOSES_ITS_NODE_AND_RUNS_AGAIN(
        "patient",
        "second-again",
        JobStatus.FINISHED,
        ConditionCode.NORMAL_COMPLETION,
        "completed"),
    IS_QUEUED_AGAIN(
        "patient", "again", JobStatus.FINISHED, ConditionCode.NORMAL_COMPLETION, "completed"),
    IS_HELD("patient", "closed", JobStatus.FINISHED, ConditionCode.NORMAL_COMPLETION, "completed"),
    IS_SUSPENDED(
        "patient", FIRST, JobStatus.FINISHED, ConditionCode.NORMAL_COMPLETION, "completed"),
    HAS_NO_WORK_DIRECTORY(
        "patient",
        "closed",
        JobStatus.FAILED,
        ConditionCode.SCHEDULER_TERMINATED,
        "work directory"),
    HAS_NO_PARTITION(
        "zero",
        "missing",
        JobStatus.FAILED,
        ConditionCode.JOB_LAUNCH_FAILURE,
        "invalid partition specified"),
    WANTS_TOO_MUCH(
        "zero",
        "short",
        JobStatus.FAILED,
        ConditionCode.JOB_LAUNCH_FAILURE,
        "Requested time limit is invalid");

    private final String app;
    private final String queue;
    private final JobStatus status;
    private final ConditionCode code;
    private final String message;

    End(String app, String queue, JobStatus status, ConditionCode code, String message) {
      this.app = app;
      this.queue = queue;
      this.status = status;
      this.code = code;
      this.message = message;
    }

    /** None if Slurm never had the job, or the user did not want it any more. */
    private RemoteOutcome outcome() {
      if (status == JobStatus.STOPPED || code == ConditionCode.JOB_LAUNCH_FAILURE) {
        return null;
      }
      if (status == JobStatus.FINISHED) {
        return RemoteOutcome.FINISHED;
      }
      return archivesAnyway() ? RemoteOutcome.FAILED : RemoteOutcome.FAILED_SKIP_ARCHIVE;
    }

    /** Whether what it has written is archived though it failed. */
    private boolean archivesAnyway() {
      return this == RETURNS_THREE;
    }
  }

  /** Both clusters at once: some ends take Slurm long. */
  @TestFactory
  Stream<DynamicTest> eachEndHasItsVerdict() throws Exception {
    for (ClusterReach reach : List.of(ClusterReach.LOCAL, ClusterReach.OVER_SSH_WITH_ACCOUNTING)) {
      runs.add(new Run(reach, Files.createDirectory(directory.resolve(reach.name()))));
    }
    for (Run run : runs) {
      run.submit();
    }
    for (Run run : runs) {
      run.intervene();
    }
    return runs.stream()
        .flatMap(
            run ->
                Stream.of(End.values())
                    .map(
                        end ->
                            DynamicTest.dynamicTest(end + " " + run.reach, () -> run.check(end))));
  }

  /** Ended and forgotten before anybody looked. */
  @ParameterizedTest
  @EnumSource(names = {"OVER_SSH", "LOCAL_WITH_ACCOUNTING"})
  void whatSlurmHasForgottenEndedAllTheSame(ClusterReach reach) throws Exception {
    Run run = new Run(reach, directory);
    runs.add(run);
    run.cluster.purgeAfter(Duration.ofSeconds(2));
    String zero = run.fixture.submit("patient");
    String three = run.fixture.submit("patient-three");
    run.awaitStatus(zero, JobStatus.RUNNING);
    run.awaitStatus(three, JobStatus.RUNNING);
    List<Job> jobs = List.of(run.fixture.client().get(zero), run.fixture.client().get(three));
    run.fixture.stop();
    for (Job job : jobs) {
      run.go(job);
    }
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () -> {
              List<String> known =
                  run.cluster.run("squeue", "-h", "-t", "all", "-o", "%i").lines().toList();
              return jobs.stream().noneMatch(job -> known.contains(job.remoteJobId()));
            });
    run.fixture.start();

    Job finished = run.fixture.await(zero);
    assertThat(finished.status()).as(finished.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    assertThat(finished.conditionCode()).isEqualTo(ConditionCode.NORMAL_COMPLETION);
    Job failed = run.fixture.await(three);
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.remoteOutcome()).isEqualTo(RemoteOutcome.FAILED_SKIP_ARCHIVE);
    assertThat(failed.conditionCode()).isEqualTo(ConditionCode.JOB_REMOTE_OUTCOME_ERROR);
    assertThat(failed.lastStatusMessage()).contains("code 3");
  }

  /** An engine on a cluster, and a job for each end. */
  private static final class Run implements AutoCloseable {
    private static final String UNTIL_GO =
        "echo partial > partial.txt\nuntil [ -e go ]; do sleep 0.3; done\n";

    private final ClusterReach reach;
    private final SlurmCluster cluster;
    private final SlurmCommands commands = SlurmCommands.create();
    private final ClusterFixture fixture;
    private final Map<End, String> ids = new EnumMap<>(End.class);

    Run(ClusterReach reach, Path directory) throws Exception {
      this.reach = reach;
      this.cluster = reach.cluster();
      cluster.restore();
      this.fixture =
          ClusterFixture.slurm(directory, reach, commands.environment())
              .app("zero", "exit 0")
              .app("three", "echo partial > partial.txt\nexit 3")
              .app("killed", "kill -KILL $$")
              .app("patient", UNTIL_GO)
              .app("patient-three", UNTIL_GO + "exit 3")
              .start();
    }

    void submit() {
      for (End end : End.values()) {
        ids.put(
            end,
            fixture.submit(
                request(end.app)
                    .batchQueue(end.queue)
                    .maxRunTime(Duration.ofMinutes(10))
                    .archive(end.archivesAnyway())
                    .archiveOnAppError(end.archivesAnyway())
                    .build()));
      }
    }

    /** Does what is to be done from outside. */
    void intervene() throws Exception {
      for (End end : End.values()) {
        if (end.app.equals("patient")) {
          awaitStatus(
              ids.get(end), end.queue.equals("closed") ? JobStatus.QUEUED : JobStatus.RUNNING);
        }
      }
      awaitMessage(End.IS_HELD, "PartitionDown");
      fixture.client().cancel(ids.get(End.IS_CANCELLED_BY_US));
      fixture.client().cancel(ids.get(End.IS_CANCELLED_WAITING_BY_US));
      cluster.scancel(slurmJob(End.IS_CANCELLED_BY_ADMINISTRATOR));

      Job outOfMemory = job(End.USES_TOO_MUCH_MEMORY);
      commands.rewrite(
          "/%s/s/COMPLETED/OUT_OF_MEMORY/\n/^%s[.|]/s/COMPLETED/OUT_OF_MEMORY/\n"
              .formatted(outOfMemory.id(), outOfMemory.remoteJobId()));
      go(outOfMemory);

      cluster.scontrol("hold", slurmJob(End.IS_HELD));
      cluster.scontrol("suspend", slurmJob(End.IS_SUSPENDED));
      cluster.scontrol("requeue", slurmJob(End.IS_QUEUED_AGAIN));
      cluster.takeNodeDown(cluster.nodes().get(1));
      awaitMessage(End.IS_HELD, "JobHeldAdmin");
      awaitMessage(End.IS_SUSPENDED, "Suspended");
      awaitStatus(ids.get(End.IS_QUEUED_AGAIN), JobStatus.QUEUED);
      awaitStatus(ids.get(End.LOSES_ITS_NODE_AND_RUNS_AGAIN), JobStatus.QUEUED);

      Path work = fixture.workDirectory(job(End.HAS_NO_WORK_DIRECTORY));
      try (Stream<Path> tree = Files.walk(work)) {
        for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
      for (End end : List.of(End.HAS_NO_WORK_DIRECTORY, End.IS_HELD)) {
        cluster.scontrol("update", "JobId=" + slurmJob(end), "Partition=normal");
      }
      cluster.start();
      for (End end :
          List.of(
              End.IS_HELD,
              End.IS_SUSPENDED,
              End.IS_QUEUED_AGAIN,
              End.LOSES_ITS_NODE_AND_RUNS_AGAIN)) {
        go(job(end));
      }
      cluster.scontrol("release", slurmJob(End.IS_HELD));
      cluster.scontrol("resume", slurmJob(End.IS_SUSPENDED));
      startSoon(slurmJob(End.IS_QUEUED_AGAIN));
      startSoon(slurmJob(End.LOSES_ITS_NODE_AND_RUNS_AGAIN));
    }

    void check(End end) throws Exception {
      Job job = fixture.await(ids.get(end));
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(end.status);
      assertThat(job.remoteOutcome()).as(job.lastStatusMessage()).isEqualTo(end.outcome());
      assertThat(job.conditionCode()).as(job.lastStatusMessage()).isEqualTo(end.code);
      assertThat(job.lastStatusMessage()).contains(end.message);
      if (end.archivesAnyway()) {
        assertThat(EngineFixture.output(fixture.client(), job.id(), "partial.txt"))
            .isEqualTo("partial\n");
      }
      HistoryChecker.checkEnded(fixture.client().history(job.id()));
    }

    void awaitStatus(String id, JobStatus status) {
      await().atMost(ClusterFixture.PATIENCE).until(() -> fixture.status(id) == status);
    }

    private void awaitMessage(End end, String message) {
      await()
          .atMost(ClusterFixture.PATIENCE)
          .until(() -> job(end).lastStatusMessage(), text -> text.contains(message));
    }

    private Job job(End end) {
      return fixture.client().get(ids.get(end));
    }

    private String slurmJob(End end) {
      return job(end).remoteJobId();
    }

    /** Lets a job end. */
    void go(Job job) throws Exception {
      Files.createFile(fixture.workDirectory(job).resolve("go"));
    }

    /** Slurm would wait until the permission for the first run cannot be used any more. */
    private void startSoon(String slurmJob) {
      await()
          .atMost(ClusterFixture.PATIENCE)
          .ignoreExceptions()
          .until(
              () -> cluster.scontrol("update", "JobId=" + slurmJob, "StartTime=now+3").isEmpty());
    }

    @Override
    public void close() throws IOException {
      fixture.close();
      cluster.restore();
      commands.close();
    }
  }
}
