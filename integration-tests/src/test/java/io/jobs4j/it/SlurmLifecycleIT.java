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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole lives of jobs on a real Slurm. */
@RequiresServices(
    value = {Service.SLURM, Service.SLURM_ACCOUNTING, Service.SSHD},
    shared = true)
class SlurmLifecycleIT {
  @TempDir Path directory;
  private ClusterFixture fixture;

  private void open(ClusterReach reach) throws Exception {
    fixture = ClusterFixture.slurm(directory, reach);
    fixture
        .app("copy", "cat ${files} > copied.txt; printf %s ${text} > text.txt; echo done >&2")
        .app("three", "echo partial > result.txt; exit 3")
        .app("endless", "echo partial > partial.txt; sleep 3600")
        .start();
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobWithInputAndArchiveIsDone(ClusterReach reach) throws Exception {
    open(reach);
    Path input = fixture.storage().resolve("in/a file's \"name\".txt");
    Files.createDirectories(input.getParent());
    Files.writeString(input, "content\n");
    String hostile = "$(touch /tmp/never) `id` 'a' \"b\" \\ * ; & | \n#SBATCH --wrap=x";
    String id =
        fixture.submit(
            request("copy")
                .input("files", "in/a file's \"name\".txt")
                .parameter("text", hostile)
                .archive(true)
                .build());
    Job job = fixture.await(id);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    // It may end before it is seen to run.
    assertThat(EngineFixture.FULL)
        .containsAll(HistoryChecker.checkEnded(fixture.client().history(id)));
    assertThat(EngineFixture.output(fixture.client(), id, "copied.txt")).isEqualTo("content\n");
    assertThat(EngineFixture.output(fixture.client(), id, "text.txt")).isEqualTo(hostile);
    assertThat(job.remoteOutcome()).isEqualTo(RemoteOutcome.FINISHED);
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.NORMAL_COMPLETION);
    assertThat(job.remoteJobId()).matches("[0-9]+");
  }

  private void ended(String id, JobStatus status, ConditionCode code, String message)
      throws Exception {
    Job job = fixture.await(id);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(status);
    assertThat(job.conditionCode()).as(job.lastStatusMessage()).isEqualTo(code);
    assertThat(job.lastStatusMessage()).contains(message);
    HistoryChecker.checkEnded(fixture.client().history(id));
  }

  /** Slurm's shortest limit is a minute, and it looks twice a minute. */
  @ParameterizedTest
  @EnumSource(names = {"LOCAL", "OVER_SSH_WITH_ACCOUNTING"})
  void aJobThatRunsTooLongIsEndedAndItsOutputArchived(ClusterReach reach) throws Exception {
    open(reach);
    String id =
        fixture.submit(
            request("endless")
                .maxRunTime(Duration.ofMinutes(1))
                .archive(true)
                .archiveOnAppError(true)
                .build());
    ended(id, JobStatus.FAILED, ConditionCode.SCHEDULER_TIMEOUT, "maxRunTime of 00:01");
    assertThat(fixture.client().get(id).remoteOutcome()).isEqualTo(RemoteOutcome.FAILED);
    assertThat(EngineFixture.output(fixture.client(), id, "partial.txt")).isEqualTo("partial\n");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL", "OVER_SSH_WITH_ACCOUNTING"})
  void jobsGoOnWhileTheEngineIsAway(ClusterReach reach) throws Exception {
    open(reach);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(fixture.submit("copy"));
      ids.add(fixture.submit("three"));
    }
    fixture.stop();
    fixture.start();
    for (String id : ids) {
      Job job = fixture.await(id);
      assertThat(job.status())
          .as(job.lastStatusMessage())
          .isEqualTo(job.name().equals("copy") ? JobStatus.FINISHED : JobStatus.FAILED);
      HistoryChecker.checkEnded(fixture.client().history(id));
    }
  }

  @Test
  void forkOverSshIsAsForkHere() throws Exception {
    fixture = ClusterFixture.forkOverSsh(directory);
    fixture
        .app("copy", "cat ${files} > copied.txt; id -un > who.txt")
        .app("three", "exit 3")
        .app("patient", "while [ ! -e go ]; do sleep 0.2; done")
        .start();
    Path input = fixture.storage().resolve("in.txt");
    Files.writeString(input, "content\n");
    String copy = fixture.submit(request("copy").input("files", "in.txt").archive(true).build());
    String three = fixture.submit("three");
    String patient = fixture.submit("patient");
    Job copied = fixture.await(copy);
    assertThat(copied.status()).as(copied.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    assertThat(EngineFixture.output(fixture.client(), copy, "copied.txt")).isEqualTo("content\n");
    assertThat(EngineFixture.output(fixture.client(), copy, "who.txt").strip())
        .isNotEqualTo(System.getProperty("user.name"));
    ended(three, JobStatus.FAILED, ConditionCode.JOB_REMOTE_OUTCOME_ERROR, "code 3");
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> fixture.status(patient) == JobStatus.RUNNING);
    fixture.client().cancel(patient);
    ended(patient, JobStatus.STOPPED, ConditionCode.CANCELLED_BY_USER, "alice");
  }
}
