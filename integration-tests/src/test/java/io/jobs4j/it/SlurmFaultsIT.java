package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to clusters and login nodes while jobs are submitted, wait and run. Each run of a
 * job leaves a line in a file.
 */
@RequiresServices({Service.SLURM, Service.SSHD})
class SlurmFaultsIT {
  @TempDir Path directory;
  private ClusterFixture fixture;
  private Path ledger;

  /** What jobs wait for, so that no end of one gets lost with the controller that heard of it. */
  private Path go;

  private void open(ClusterReach reach) throws Exception {
    ledger = Files.createTempFile("jobs4j-ledger", ".txt");
    Files.setPosixFilePermissions(ledger, PosixFilePermissions.fromString("rw-rw-rw-"));
    fixture = ClusterFixture.slurm(directory, reach);
    go = ledger.resolveSibling(ledger.getFileName() + ".go");
    fixture
        .app(
            "line",
            "echo $AGAVE_JOB_ID >> %1$s; until [ -e %2$s ] || ! [ -e %1$s ]; do sleep 0.3; done"
                .formatted(ledger, go))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
    SlurmCluster.withoutAccounting().restore();
    SshServer.running().restore();
    Files.deleteIfExists(go);
    Files.deleteIfExists(ledger);
  }

  @Test
  void aControllerThatHangsDuringSubmissionMakesNoSecondCopy() throws Exception {
    open(ClusterReach.LOCAL);
    SlurmCluster cluster = SlurmCluster.withoutAccounting();
    List<String> ids = submit(3);
    await().atMost(ClusterFixture.PATIENCE).until(() -> allAre(ids, JobStatus.RUNNING));
    cluster.stall();
    ids.addAll(submit(5));
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () ->
                ids.stream()
                    .skip(3)
                    .allMatch(
                        id ->
                            fixture.status(id) == JobStatus.SUBMITTING
                                || fixture.status(id) == JobStatus.BLOCKED));
    cluster.resume();
    allRanOnce(ids);
  }

  @Test
  void aControllerThatIsKilledComesBackToItsJobs() throws Exception {
    open(ClusterReach.OVER_SSH);
    SlurmCluster cluster = SlurmCluster.withoutAccounting();
    List<String> ids = submit(5);
    await().atMost(ClusterFixture.PATIENCE).until(() -> allAre(ids, JobStatus.RUNNING));
    // What Slurm has not written down by its death it ends itself afterwards.
    Instant known = Instant.now();
    // It writes that down when jobs change, and else rarely: this one is never to run.
    cluster.scancel(cluster.run("sbatch", "--parsable", "--hold", "--wrap=true").strip());
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> Files.getLastModifiedTime(jobState(cluster)).toInstant().isAfter(known));
    cluster.kill();
    ids.addAll(submit(3));
    cluster.start();
    allRanOnce(ids);
  }

  /** The file in which the controller keeps its jobs. */
  private static Path jobState(SlurmCluster cluster) throws IOException {
    String key = "StateSaveLocation=";
    return Files.readAllLines(cluster.conf()).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> Path.of(line.substring(key.length()), "job_state"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aLoginNodeThatIsKilledComesBackToItsJobs() throws Exception {
    open(ClusterReach.OVER_SSH);
    SshServer server = SshServer.running();
    List<String> ids = submit(5);
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> ids.stream().anyMatch(id -> fixture.status(id) == JobStatus.RUNNING));
    server.kill();
    ids.addAll(submit(3));
    server.start();
    allRanOnce(ids);
  }

  private List<String> submit(int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(fixture.submit("line"));
    }
    return ids;
  }

  private boolean allAre(List<String> ids, JobStatus status) {
    return ids.stream().allMatch(id -> fixture.status(id) == status);
  }

  private void allRanOnce(List<String> ids) throws Exception {
    Files.createFile(go);
    for (String id : ids) {
      Job job = fixture.await(id);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      HistoryChecker.checkEnded(fixture.client().history(id));
    }
    assertThat(Files.readAllLines(ledger)).containsExactlyInAnyOrderElementsOf(ids);
  }
}
