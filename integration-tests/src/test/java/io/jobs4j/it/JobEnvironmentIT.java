package io.jobs4j.it;

import static io.jobs4j.it.ClusterFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches a job on Slurm of its engine's process, and what others see of the job. */
@RequiresServices(value = Service.SLURM, shared = true)
class JobEnvironmentIT {
  /** Names that are neither of the base nor of this system nor of Slurm itself. */
  private static final String FOREIGN =
      "(?!(PATH|HOME|USER|LOGNAME|SHELL|LANG|TMPDIR|TZ|PWD|OLDPWD|SHLVL|_|GREETING|HOSTNAME"
          + "|ENVIRONMENT|JOBS4J_ATTEMPT|CUDA_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL"
          + "|ROCR_VISIBLE_DEVICES|ZE_AFFINITY_MASK|AGAVE_JOB_\\w+|SLURMD?_\\w+)=).*";

  private static final String UNTIL_GO =
      "until [ -e go ] || ! [ -e \"$PWD\" ]; do sleep 0.1; done\n";

  @TempDir Path directory;
  private ClusterFixture cluster;

  @BeforeEach
  void define() throws IOException {
    // So that only what jobs4j does keeps others out.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
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
  void nobodyElseSeesSecretsWhileAJobRuns() throws Exception {
    String variable = UUID.randomUUID().toString();
    String parameter = UUID.randomUUID().toString();
    cluster
        .system("environment", List.of("SECRET_TOKEN=" + variable))
        .app("waits", "echo ${text} $SECRET_TOKEN >seen\n" + UNTIL_GO)
        .start();
    String id =
        cluster.submit(request("waits").parameter("text", parameter).archive(false).build());
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> cluster.status(id) == JobStatus.RUNNING && there(id, "seen"));
    Path work = cluster.workDirectory(cluster.client().get(id));

    List<String> secrets = List.of(variable, parameter);
    // Root finds them, so the search is one.
    assertThat(search("0", secrets, cluster.scratch())).isNotEmpty();
    assertThat(search("65534", secrets, cluster.scratch())).isEmpty();
    assertThat(searchCommandLines(secrets)).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(work)) {
      assertThat(files.filter(file -> file.toString().endsWith(".ipcexe")))
          .singleElement()
          .satisfies(
              script ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(script)))
                      .isEqualTo("rwx------"));
    }
    for (String shown : List.of("scontrol show job %s", "scontrol write batch_script %s -")) {
      String number = cluster.client().get(id).remoteJobId();
      assertThat(as("65534", shown.formatted(number), List.of())).noneMatch(holds(secrets));
    }

    Files.createFile(work.resolve("go"));
    Job job = cluster.await(id);
    assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
    assertThat(cluster.client().history(id).toString()).doesNotContain(variable);
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

  private boolean there(String id, String file) {
    return Files.exists(cluster.workDirectory(cluster.client().get(id)).resolve(file));
  }

  private static java.util.function.Predicate<String> holds(List<String> secrets) {
    return line -> secrets.stream().anyMatch(line::contains);
  }

  /** Files and processes in which a user finds one of the words. */
  private static List<String> search(String user, List<String> words, Path files) throws Exception {
    return as(
        user,
        "grep -slaF -f - -r '%s' /proc/[0-9]*/environ /proc/[0-9]*/cmdline".formatted(files),
        words);
  }

  private static List<String> searchCommandLines(List<String> words) throws Exception {
    return as("0", "grep -slaF -f - /proc/[0-9]*/cmdline", words);
  }

  /** What a command of a user said. Its input is not on any command line. */
  private static List<String> as(String user, String script, List<String> input) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid", user, "--regid", user, "--clear-groups"));
    command.addAll(List.of("--", "sh", "-c", script));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(String.join("\n", input).getBytes(StandardCharsets.UTF_8));
    }
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    process.waitFor();
    return lines;
  }
}
