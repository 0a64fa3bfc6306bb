package io.jobs4j.it;

import static io.jobs4j.it.ClusterFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches a job on Slurm of its engine's process. */
@RequiresServices(value = Service.SLURM, shared = true)
class JobEnvironmentIT {
  /** Names that are neither of the base nor of this system nor of Slurm itself. */
  private static final String FOREIGN =
      "(?!(PATH|HOME|USER|LOGNAME|SHELL|LANG|TMPDIR|TZ|PWD|OLDPWD|SHLVL|_|GREETING|HOSTNAME"
          + "|ENVIRONMENT|JOBS4J_ATTEMPT|CUDA_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL"
          + "|ROCR_VISIBLE_DEVICES|ZE_AFFINITY_MASK|AGAVE_JOB_\\w+|SLURMD?_\\w+)=).*";

  @TempDir Path directory;
  private ClusterFixture cluster;

  @BeforeEach
  void define() throws IOException {
    cluster =
        ClusterFixture.slurm(
            directory,
            ClusterReach.LOCAL,
            Map.of(
                "SECRET_DB_PASSWORD", "leaked",
                "SLURM_MEM_PER_CPU", "700",
                "SLURM_RESTART_COUNT", "1",
                "SBATCH_QOS", "no such QOS"));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void aJobHasWhatWasMadeForItAndNothingElse() throws Exception {
    cluster
        .system("environment", List.of("GREETING=hello world"))
        .app(
            "shows",
            "env -0 | tr '\\n\\0' ' \\n' >env.txt; srun sh -c 'echo $GREETING' >step.txt\n")
        .start();

    Job job =
        cluster.await(
            cluster.submit(request("shows").memoryPerNode("0.5GB").archive(false).build()));

    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    Path work = cluster.workDirectory(job);
    List<String> environment = Files.readAllLines(work.resolve("env.txt"));
    assertThat(environment)
        .contains("GREETING=hello world", "LANG=C.UTF-8", "TMPDIR=/tmp", "HOME=/root")
        .noneMatch(line -> line.matches(FOREIGN))
        .noneMatch(line -> line.matches("SLURM_(MEM_PER_CPU|RESTART_COUNT)=.*"));
    assertThat(work.resolve("step.txt")).hasContent("hello world");
  }

  @Test
  void aPreparationThatFailsIsNoEndOfTheApplication() throws Exception {
    Path startup = directory.resolve("start.sh");
    Files.writeString(startup, "echo no project chosen\nexit 0\n");
    cluster.app("runs", "touch ran\n").app("loads", "touch ran\n");
    cluster.app("loads", "modules", List.of("purge", "load samtools"));
    cluster.start();
    String loads = cluster.submit(request("loads").archive(false).build());

    assertFailed(cluster.await(loads), ConditionCode.JOB_MODULES_FAILED, "module purge");

    cluster.system("startupScript", startup.toString()).start();
    String runs = cluster.submit(request("runs").archive(false).build());

    assertFailed(
        cluster.await(runs), ConditionCode.JOB_STARTUP_SCRIPT_FAILED, "said: no project chosen");
  }

  private void assertFailed(Job job, ConditionCode code, String said) {
    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.conditionCode()).isEqualTo(code);
    assertThat(job.lastStatusMessage()).contains("The application did not run").contains(said);
    assertThat(cluster.workDirectory(job).resolve("ran")).doesNotExist();
  }
}
