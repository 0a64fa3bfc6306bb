package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresServices(Service.SLURM)
@Timeout(180)
class SlurmClusterIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final SlurmCluster cluster = SlurmCluster.withoutAccounting();

  @AfterEach
  void restore() {
    cluster.restore();
  }

  @Test
  void runsJobsAndForgetsThemWhenTold() {
    cluster.purgeAfter(Duration.ofSeconds(2));
    String job = submit("exit 3");

    // The controller looks for what to forget every half minute or so.
    await().atMost(PATIENCE).until(() -> !isKnown(job));
    assertThatThrownBy(() -> cluster.run("sacct", "-j", job))
        .hasMessageContaining("accounting storage is disabled");
  }

  @Test
  void aStalledControllerAnswersNothingUntilItIsResumed() {
    cluster.stall();

    assertThatThrownBy(() -> cluster.run("timeout", "1", "squeue"))
        .hasMessageContaining("exit code 124");

    cluster.resume();
    assertThat(cluster.run("squeue", "-h", "-o", "%A")).isNotNull();
  }

  @Test
  void jobsOutliveTheController() {
    String job = submit("sleep 600");
    await().atMost(PATIENCE).until(() -> stateOf(job).equals("RUNNING"));

    cluster.stop();
    assertThatThrownBy(() -> cluster.scontrol("ping")).hasMessageContaining("DOWN");
    cluster.start();
    cluster.kill();
    assertThatThrownBy(() -> cluster.scontrol("ping")).hasMessageContaining("DOWN");
    cluster.start();

    assertThat(stateOf(job)).isEqualTo("RUNNING");
    cluster.scancel(job);
    await().atMost(PATIENCE).until(() -> stateOf(job).equals("CANCELLED"));
  }

  @Test
  void aJobOfALostNodeFailsOrIsQueuedAgain() {
    String node = cluster.nodes().get(1);
    String once = submit("sleep 600", "--no-requeue", "-w", node);
    String again = submit("sleep 600", "--requeue", "-w", node);
    for (String job : new String[] {once, again}) {
      await().atMost(PATIENCE).until(() -> stateOf(job).equals("RUNNING"));
    }

    cluster.takeNodeDown(node);

    await().atMost(PATIENCE).until(() -> stateOf(once).equals("NODE_FAIL"));
    await().atMost(PATIENCE).until(() -> stateOf(again).equals("PENDING"));
    cluster.start();
    await().atMost(PATIENCE).until(() -> stateOf(again).equals("RUNNING"));
    cluster.scancel(again);
  }

  @Test
  void theControllerNoticesALostNodeInTheTimeThatItWasGiven() {
    String node = cluster.nodes().get(1);
    cluster.nodeTimeout(Duration.ofSeconds(5));

    cluster.killNode(node);

    await()
        .atMost(PATIENCE)
        .until(() -> cluster.run("sinfo", "-h", "-n", node, "-o", "%T").startsWith("down"));
    cluster.start();
    assertThat(cluster.run("sinfo", "-h", "-n", node, "-p", "normal", "-o", "%T").strip())
        .isEqualTo("idle");
  }

  @Test
  void partitionsHaveTheirLimits() {
    assertThatThrownBy(() -> submit("exit 0", "-p", "short", "-t", "10"))
        .hasMessageContaining("time limit is invalid");
    assertThatThrownBy(() -> submit("exit 0", "-p", "short", "-N", "2"))
        .hasMessageContaining("Node count");
    String waiting = submit("exit 0", "-p", "down");
    assertThat(stateOf(waiting)).isEqualTo("PENDING");
    cluster.scancel(waiting);
  }

  @Test
  @RequiresServices(Service.SLURM_ACCOUNTING)
  void anotherClusterKeepsAccountsBesideThisOne() {
    SlurmCluster accounting = SlurmCluster.withAccounting();
    assertThat(accounting.hasAccounting()).isTrue();
    assertThat(accounting.conf()).isNotEqualTo(cluster.conf());
    String job = accounting.run("sbatch", "--parsable", "-o", "/dev/null", "--wrap", "exit 3");

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                accounting
                    .run("sacct", "-X", "-n", "-P", "-j", job.strip(), "-o", "State,ExitCode")
                    .strip()
                    .equals("FAILED|3:0"));
    assertThatThrownBy(() -> accounting.run("sbatch", "-A", "none", "--wrap", "exit 0"))
        .hasMessageContaining("Invalid account");
  }

  @Test
  void configurationAndServersAreFoundByTheirFiles() {
    assertThat(cluster.conf()).isAbsolute().isRegularFile();
    assertThat(cluster.nodes()).hasSizeGreaterThan(1);
    assertThat(cluster.environment()).containsValue(cluster.conf().toString());
  }

  private String submit(String script, String... options) {
    String[] words = new String[options.length + 6];
    words[0] = "sbatch";
    words[1] = "--parsable";
    words[2] = "-o";
    words[3] = "/dev/null";
    System.arraycopy(options, 0, words, 4, options.length);
    words[options.length + 4] = "--wrap";
    words[options.length + 5] = script;
    return cluster.run(words).strip();
  }

  private String stateOf(String job) {
    return cluster.run("squeue", "-h", "-t", "all", "-j", job, "-o", "%T").strip();
  }

  private boolean isKnown(String job) {
    // A lone job that is unknown is an error, of two the answer is just empty.
    return !cluster.run("squeue", "-h", "-t", "all", "-j", job + "," + job, "-o", "%T").isBlank();
  }
}
