package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What reaches Slurm's commands, and through {@code sbatch} the job. */
class JobEnvironmentTest {
  /** An engine within a Slurm job, or behind a login that sets what a site thinks good. */
  private static final Map<String, String> SESSION =
      Map.of(
          "SECRET_DB_PASSWORD", "hunter2",
          "JAVA_TOOL_OPTIONS", "-Xmx1g",
          "SLURM_MEM_PER_CPU", "700",
          "SLURM_RESTART_COUNT", "1",
          "SBATCH_QOS", "wrong",
          "SRUN_DEBUG", "1",
          "SQUEUE_FORMAT", "two\nlines",
          "SLURM_CONF", "/etc/slurm-b/slurm.conf",
          "TZ", "Europe/Berlin",
          "PATH_OF_MINE", "x\nSLURM_NOT_ONE=1");

  @TempDir private Path temporary;
  private FakeCluster cluster;
  private Path work;

  @BeforeEach
  void open() throws IOException {
    cluster = new FakeCluster(Files.createDirectory(temporary.resolve("fake")));
    cluster.environment(SESSION);
    work = Files.createDirectory(temporary.resolve("work"));
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void sbatchHasTheBaseOfAllJobsAndWhereTheClusterIs() throws Exception {
    submit(Map.of("AGAVE_JOB_ID", "1", "SECRET", "hidden value"), false);

    Map<String, String> base = BaseEnvironment.of(cluster);
    assertThat(cluster.environmentOf("sbatch"))
        .containsExactlyInAnyOrder(
            "HOME=" + base.get("HOME"),
            "LANG=C.UTF-8",
            "LOGNAME=" + base.get("LOGNAME"),
            "PATH=" + temporary.resolve("fake/bin") + ":" + BaseEnvironment.PATH,
            "SHELL=" + base.get("SHELL"),
            "SLURM_CONF=/etc/slurm-b/slurm.conf",
            "TMPDIR=/tmp",
            "TZ=Europe/Berlin",
            "USER=" + base.get("USER"));
    assertThat(cluster.words()).contains("--export=ALL\n").doesNotContain("hidden value");
  }

  @Test
  void whatTheDefinitionNamesReachesSbatchToo() throws Exception {
    submit(
        Map.of("SBATCH_ACCOUNT", "projects 42", "SLURM_HINT", "nomultithread", "SBATCH_WAIT", "1"),
        false);

    assertThat(cluster.environmentOf("sbatch"))
        .contains("SBATCH_ACCOUNT=projects 42", "SLURM_HINT=nomultithread")
        .doesNotContain("SBATCH_WAIT=1");
  }

  @Test
  void aLoginEnvironmentIsSlurmsToMake() throws Exception {
    submit(Map.of(), true);

    assertThat(cluster.words()).contains("--export=NONE\n");
  }

  @Test
  void commandsTakeNoOptionsFromTheSession() throws Exception {
    try (SlurmScheduler scheduler = new SlurmScheduler(cluster, Clock.systemUTC(), false)) {
      scheduler.probe();
    }

    List<String> environment = cluster.environmentOf("squeue");
    assertThat(environment)
        .noneMatch(line -> line.matches("(SBATCH|SRUN|SQUEUE)_.*|SLURM_(MEM|RESTART).*"))
        .contains("SLURM_CONF=/etc/slurm-b/slurm.conf", "SECRET_DB_PASSWORD=hunter2");
  }

  @Test
  void aTokenReachesTheCommandsAndNoCommandLine() throws Exception {
    String token = "eyJh\\bGci.e30.x-_='$HOME\"";
    Map<String, String> session = new TreeMap<>(SESSION);
    session.put("SLURM_JWT", token);
    cluster.environment(session);

    submit(Map.of("SLURM_HINT", "nomultithread"), false);
    try (SlurmScheduler scheduler = new SlurmScheduler(cluster, Clock.systemUTC(), false)) {
      scheduler.probe();
    }

    for (String command : List.of("sbatch", "squeue")) {
      assertThat(cluster.environmentOf(command))
          .contains("SLURM_JWT=" + token, "SLURM_CONF=/etc/slurm-b/slurm.conf");
    }
    assertThat(cluster.environmentOf("sbatch"))
        .contains("SLURM_HINT=nomultithread")
        .noneMatch(line -> line.startsWith("SECRET_DB_PASSWORD"));
    assertThat(cluster.callerOfSbatch()).contains("timeout").noneMatch(w -> w.contains("bGci"));
    assertThat(cluster.words()).contains("--export=ALL\n").doesNotContain("bGci");
    assertThat(cluster.script()).startsWith("#!/bin/sh\n").doesNotContain("bGci");
  }

  @Test
  void variablesForSbatchAreOnNoCommandLine() throws Exception {
    String secret = "it's \\n a \\ \"secret\"\nof two lines; $HOME `id` %s\\c";
    Map<String, String> variables =
        Map.of("SLURM_SECRET", secret, "SLURM_JWT", "own secret", "SBATCH_ACCOUNT", "projects 42");

    submit(variables, false);

    // By lines.
    assertThat(cluster.environmentOf("sbatch"))
        .contains(("SLURM_SECRET=" + secret).split("\n", -1))
        .contains("SLURM_JWT=own secret", "SBATCH_ACCOUNT=projects 42");
    assertThat(cluster.callerOfSbatch())
        .contains("timeout")
        .noneMatch(
            word ->
                word.contains("two lines")
                    || word.contains("own secret")
                    || word.contains("projects"));
    assertThat(cluster.lastCommand())
        .contains("sbatch")
        .noneMatch(
            word ->
                word.contains("two lines")
                    || word.contains("own secret")
                    || word.contains("projects"));
    assertThat(cluster.script()).startsWith("#!/bin/sh\n");
  }

  private void submit(Map<String, String> variables, boolean login) throws Exception {
    LaunchSpec spec =
        LaunchSpec.builder(new Attempt("attempt-1", work.toString()))
            .name("name")
            .script("job.sh")
            .output("job.out")
            .error("job.err")
            .environment(variables)
            .build();
    try (SlurmScheduler scheduler = new SlurmScheduler(cluster, Clock.systemUTC(), false, login)) {
      assertThat(scheduler.submit(spec).job().remoteJobId()).isEqualTo("101");
    }
  }
}
