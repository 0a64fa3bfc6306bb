package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static io.jobs4j.it.EngineFixture.output;
import static io.jobs4j.it.EngineFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.OutputFile;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.sdk.JobActionException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.OutputException;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkLifecycleIT {
  @TempDir Path directory;
  private EngineFixture engine;

  @BeforeEach
  void start() {
    TestSystems systems =
        TestSystems.in(directory)
            .app(
                "copy",
                "cat ${files} > copied.txt; echo done >&2",
                List.of(TestSystems.input("files")),
                List.of())
            .app("fail", "echo partial > result.txt; exit 3")
            .app("environment", "env > environment.txt")
            .app(
                "stubborn",
                """
                trap '' TERM
                echo $$ > pids
                (trap '' TERM; setsid sh -c "trap '' TERM; echo \\$\\$ >> pids; while :; do sleep 1; done") &
                (trap '' TERM; while :; do sleep 1; done) &
                echo $! >> pids
                while :; do sleep 1; done
                """)
            .app(
                "patient",
                """
                echo $$ > pids
                sh -c 'while [ ! -e go ]; do sleep 0.1; done' &
                echo $! >> pids
                wait
                """)
            .app("slow", "sleep 600");
    engine = EngineFixture.open(directory, systems);
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void twoHundredJobsWithInputsAreArchived() throws Exception {
    JobsClient client = engine.client();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Path input = engine.systems().storage().resolve("in/" + i + "/data.txt");
      Files.createDirectories(input.getParent());
      Files.writeString(input, "content of " + i + "\n");
      ids.add(
          client
              .submit(
                  JobRequest.builder("copy " + i, "copy-1.0")
                      .input("files", "in/" + i + "/data.txt")
                      .archive(true)
                      .build())
              .id());
    }
    for (int i = 0; i < ids.size(); i++) {
      Job job = client.await(ids.get(i), PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      assertThat(HistoryChecker.checkEnded(client.history(job.id()))).isEqualTo(EngineFixture.FULL);
      assertThat(output(client, job.id(), "copied.txt")).isEqualTo("content of " + i + "\n");
      assertThat(job.remoteOutcome()).isEqualTo(RemoteOutcome.FINISHED);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.NORMAL_COMPLETION);
      assertThat(engine.workDirectory(job)).doesNotExist();
      assertThat(client.outputs(job.id(), "").stream().map(OutputFile::name))
          .containsExactlyInAnyOrder(
              "copied.txt",
              "copy-" + i + "-" + job.id() + ".out",
              "copy-" + i + "-" + job.id() + ".err");
    }
    assertThat(client.list(JobQuery.all().withPage(0, 1000))).hasSize(200);
    assertThat(client.list(JobQuery.all().withPage(190, 100)).stream().map(Job::id))
        .containsExactlyElementsOf(reversed(ids.subList(0, 10)));
  }

  @Test
  void aFailingAppFailsTheJobAndItsOutputStays() throws Exception {
    Job job = engine.run(JobRequest.builder("fail", "fail-1.0").archive(true).build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.lastStatusMessage()).contains("exited with code 3").contains("not archived");
    assertThat(job.remoteOutcome()).isEqualTo(RemoteOutcome.FAILED_SKIP_ARCHIVE);
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_REMOTE_OUTCOME_ERROR);
    assertThat(engine.workDirectory(job).resolve("result.txt")).hasContent("partial");
    assertThat(output(engine.client(), job.id(), "result.txt")).isEqualTo("partial\n");
  }

  @Test
  void theOutputOfAFailingAppIsArchivedOnRequest() throws Exception {
    Job job =
        engine.run(
            JobRequest.builder("fail", "fail-1.0").archive(true).archiveOnAppError(true).build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.lastStatusMessage()).contains("exited with code 3").contains("was archived");
    assertThat(job.remoteOutcome()).isEqualTo(RemoteOutcome.FAILED);
    assertThat(HistoryChecker.checkEnded(engine.client().history(job.id())))
        .contains(JobStatus.ARCHIVING);
    assertThat(engine.systems().storage().resolve(job.archivePath()).resolve("result.txt"))
        .hasContent("partial");
    assertThat(engine.workDirectory(job)).doesNotExist();
  }

  @Test
  void aJobThatIgnoresTermIsEndedWithAllItStarted() throws Exception {
    JobsClient client = engine.client();
    String id = client.submit(JobRequest.builder("stubborn", "stubborn-1.0").build()).id();
    await().atMost(PATIENCE).until(() -> status(client, id), JobStatus.RUNNING::equals);
    Path pids = engine.workDirectory(client.get(id)).resolve("pids");
    await().atMost(PATIENCE).until(() -> EngineFixture.lines(pids).size() == 3);
    List<Long> processes =
        EngineFixture.lines(pids).stream().map(line -> Long.valueOf(line.strip())).toList();
    assertThat(processes).allMatch(ForkLifecycleIT::isAlive);

    long start = System.nanoTime();
    client.cancel(id);
    Job job = client.await(id, PATIENCE);
    System.out.printf(
        "A job that ignores TERM was stopped after %d ms%n",
        Duration.ofNanos(System.nanoTime() - start).toMillis());

    assertThat(job.status()).isEqualTo(JobStatus.STOPPED);
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.CANCELLED_BY_USER);
    assertThat(processes).noneMatch(ForkLifecycleIT::isAlive);
    HistoryChecker.checkEnded(client.history(id));
    assertThatThrownBy(() -> client.cancel(id))
        .isInstanceOf(JobActionException.class)
        .hasMessage("Job %s is in a Terminal state and can't be canceled.".formatted(id));
  }

  @Test
  void aPausedJobIsStoppedWithAllItStartedAndGoesOnWhenItIsResumed() throws Exception {
    JobsClient client = engine.client();
    String id = client.submit(JobRequest.builder("patient", "patient-1.0").build()).id();
    List<String> pids = runningProcesses(client, id);
    client.pause(id);
    await().atMost(PATIENCE).until(() -> client.status(id) == JobStatus.PAUSED);
    assertThat(pids).allMatch(ForkLifecycleIT::isStopped);
    Files.writeString(engine.workDirectory(client.get(id)).resolve("go"), "");
    client.resume(id);
    Job job = client.await(id, PATIENCE);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    assertThat(HistoryChecker.checkEnded(client.history(id)))
        .containsSubsequence(JobStatus.RUNNING, JobStatus.PAUSED, JobStatus.RUNNING);
  }

  @Test
  void aPausedJobIsEndedWhenItIsCancelled() throws Exception {
    JobsClient client = engine.client();
    String id = client.submit(JobRequest.builder("patient", "patient-1.0").build()).id();
    List<String> pids = runningProcesses(client, id);
    client.pause(id);
    await().atMost(PATIENCE).until(() -> client.status(id) == JobStatus.PAUSED);
    client.cancel(id);
    assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.STOPPED);
    assertThat(pids).noneMatch(pid -> isAlive(Long.parseLong(pid)));
    HistoryChecker.checkEnded(client.history(id));
  }

  private List<String> runningProcesses(JobsClient client, String id) {
    await().atMost(PATIENCE).until(() -> EngineFixture.status(client, id) == JobStatus.RUNNING);
    Path pids = engine.workDirectory(client.get(id)).resolve("pids");
    return await()
        .atMost(PATIENCE)
        .until(() -> EngineFixture.lines(pids), list -> list.size() == 2);
  }

  private static boolean isStopped(String pid) {
    return state(Long.parseLong(pid)) == 'T';
  }

  @Test
  void aJobOverItsTimeLimitIsEnded() throws Exception {
    Job job =
        engine.run(
            JobRequest.builder("slow", "slow-1.0").maxRunTime(Duration.ofSeconds(1)).build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.SCHEDULER_TIMEOUT);
    assertThat(job.lastStatusMessage()).contains("longer than its maxRunTime of 00:00:01");
  }

  @Test
  void aMissingInputFailsTheJobAndNamesIt() throws Exception {
    Job job =
        engine.run(JobRequest.builder("copy", "copy-1.0").input("files", "nowhere.txt").build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.lastStatusMessage()).contains("files").contains("nowhere.txt");
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_UNABLE_TO_STAGE_INPUTS);
  }

  @Test
  void jobsGetTheirEnvironment() throws Exception {
    Job job = engine.run(JobRequest.builder("Env & more", "environment-1.0").build());
    assertThat(output(engine.client(), job.id(), "environment.txt").lines())
        .contains(
            "AGAVE_JOB_ID=" + job.id(),
            "AGAVE_JOB_NAME=env-more",
            "AGAVE_JOB_NAME_RAW=Env & more",
            "AGAVE_JOB_OWNER=alice");
  }

  @Test
  void aJobIsHiddenShownAndResubmitted() throws Exception {
    JobsClient client = engine.client();
    Job job = engine.run(JobRequest.builder("env", "environment-1.0").build());
    client.hide(job.id());
    assertThat(client.list(JobQuery.all())).isEmpty();
    assertThat(client.list(JobQuery.all().withHidden())).hasSize(1);
    assertThatThrownBy(() -> client.hide(job.id())).isInstanceOf(JobActionException.class);
    client.unhide(job.id());
    SubmittedJob again = client.resubmit(job.id());
    assertThat(again.id()).isNotEqualTo(job.id());
    assertThat(client.await(again.id(), PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
    assertThat(client.list(JobQuery.all().withStatus(JobStatus.FINISHED))).hasSize(2);
    assertThat(client.list(JobQuery.all().withStatus(JobStatus.FAILED))).isEmpty();
  }

  @Test
  void outputsOutsideTheJobAreRefused() throws Exception {
    JobsClient client = engine.client();
    Job job = engine.run(JobRequest.builder("env", "environment-1.0").build());
    Files.createSymbolicLink(engine.workDirectory(job).resolve("leak"), Path.of("/etc"));
    for (String path : List.of("../..", "/etc/passwd", "a/../../x", ".jobs4j", "leak/passwd")) {
      assertThatThrownBy(() -> client.output(job.id(), path))
          .as(path)
          .isInstanceOf(OutputException.class);
      assertThatThrownBy(() -> client.outputs(job.id(), path))
          .as(path)
          .isInstanceOf(OutputException.class);
    }
  }

  @Test
  void anInputThatLeavesItsStorageByALinkIsRefused() throws Exception {
    Files.createSymbolicLink(
        engine.systems().storage().resolve("leak.txt"), Path.of("/etc/passwd"));
    Job job = engine.run(JobRequest.builder("copy", "copy-1.0").input("files", "leak.txt").build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.lastStatusMessage()).contains("leak.txt");
  }

  @Test
  void anArchivePathThatLeavesItsStorageByALinkIsRefused() throws Exception {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(engine.systems().storage().resolve("link"), outside);
    Job job =
        engine.run(
            JobRequest.builder("env", "environment-1.0")
                .archive(true)
                .archivePath("link/here")
                .build());
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_ARCHIVING_FAILED);
    assertThat(outside).isEmptyDirectory();
  }

  /** A dead process that its parent has not asked for yet still has a number, and is not alive. */
  private static boolean isAlive(long pid) {
    return "ZX ".indexOf(state(pid)) < 0;
  }

  /** The state of a process as the kernel has it; blank if there is none. */
  private static char state(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return ' ';
    }
  }

  private static List<String> reversed(List<String> ids) {
    List<String> reversed = new ArrayList<>(ids);
    Collections.reverse(reversed);
    return reversed;
  }
}
