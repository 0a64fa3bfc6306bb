package io.jobs4j.it;

import static io.jobs4j.it.ClusterFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs while another cluster answers in the place of theirs. */
@RequiresServices(
    value = {Service.SLURM, Service.SLURM_ACCOUNTING},
    shared = true)
class SlurmClustersIT {
  @TempDir Path directory;

  @Test
  void theyAreBlockedUntilTheirClusterAnswersAgain() throws Exception {
    Map<String, String> other = SlurmCluster.withAccounting().environment();
    Map<String, String> moved = new ConcurrentHashMap<>();
    try (ClusterFixture fixture = ClusterFixture.slurm(directory, ClusterReach.LOCAL)) {
      fixture
          .app("waits", "until [ -e go ] || ! [ -e \"$PWD\" ]; do sleep 0.1; done\n")
          .around(commands -> new WithEnvironment(commands, moved))
          .start();
      String waits = fixture.submit(request("waits").archive(false).build());
      String cancelled = fixture.submit(request("waits").archive(false).build());
      List<String> both = List.of(waits, cancelled);
      both.forEach(id -> awaitStatus(fixture, id, JobStatus.RUNNING));

      moved.putAll(other);
      both.forEach(id -> awaitStatus(fixture, id, JobStatus.BLOCKED));
      fixture.client().cancel(cancelled);
      // An engine that was not there before knows it too.
      fixture.start();
      String here = fixture.submit(request("waits").archive(false).build());
      awaitStatus(fixture, here, JobStatus.RUNNING);
      for (String id : both) {
        Job job = fixture.client().get(id);
        assertThat(job.status()).isEqualTo(JobStatus.BLOCKED);
        assertThat(job.lastStatusMessage())
            .contains("JOB_NOT_VISIBLE", "Slurm cluster jobs4j ", "cluster jobs4jacct,");
      }

      Files.createFile(fixture.workDirectory(fixture.client().get(here)).resolve("go"));
      assertThat(fixture.await(here).status()).isEqualTo(JobStatus.FINISHED);
      moved.clear();
      assertThat(fixture.await(cancelled).status()).isEqualTo(JobStatus.STOPPED);
      awaitStatus(fixture, waits, JobStatus.RUNNING);
      Files.createFile(fixture.workDirectory(fixture.client().get(waits)).resolve("go"));
      assertThat(fixture.await(waits).status()).isEqualTo(JobStatus.FINISHED);
    }
  }

  private static void awaitStatus(ClusterFixture fixture, String id, JobStatus status) {
    await("job is " + status)
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> fixture.status(id) == status);
  }
}
