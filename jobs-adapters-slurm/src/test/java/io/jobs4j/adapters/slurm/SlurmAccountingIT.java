package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What accounting adds. */
@RequiresServices(Service.SLURM_ACCOUNTING)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SlurmAccountingIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static SlurmCluster cluster;

  @TempDir private Path work;

  private ClusterRunner runner;
  private SlurmScheduler scheduler;
  private String uuid;

  @BeforeAll
  static void findCluster() {
    cluster = SlurmCluster.withAccounting();
  }

  @BeforeEach
  void open() {
    cluster.restore();
    runner = ClusterRunner.asRoot(cluster);
    scheduler = new SlurmScheduler(runner, Clock.systemUTC(), false);
    uuid = UUID.randomUUID().toString();
  }

  @AfterEach
  void close() {
    cluster.restore();
    scheduler.close();
    runner.close();
  }

  @Test
  void saysWhatAJobUsed() throws Exception {
    RemoteJob job = submit("exit 0", "");

    RemoteStatus end =
        await(job, status -> status.usage() != null && status.usage().cpuTime() != null);

    assertThat(end.succeeded()).isTrue();
    assertThat(end.usage()).isNotNull();
    assertThat(end.usage().elapsed()).isNotNull();
    assertThat(cluster.nodes()).contains(end.usage().nodes());
  }

  @Test
  void saysWhoCancelledAJob() throws Exception {
    RemoteJob job = submit("touch started; sleep 600", "");
    org.awaitility.Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(work.resolve("started")));

    cluster.scancel(job.remoteJobId());

    RemoteStatus end = await(job, RemoteStatus::isOver);
    assertThat(end.cause()).isEqualTo(Cause.CANCELLED);
    assertThat(await(job, status -> !status.reason().isEmpty()).reason())
        .startsWith("It was cancelled by uid 0.");
  }

  @Test
  void aForgottenJobWithoutARecordEndedAsAccountingSays() throws Exception {
    cluster.purgeAfter(Duration.ofSeconds(2));
    RemoteJob job = submit("rm -r .jobs4j; exit 3", "");
    awaitThatItIsForgotten(job);

    assertThat(await(job, RemoteStatus::isOver).exitCode()).hasValue(3);
    assertThat(scheduler.find(job.attempt())).contains(job);
    assertThat(scheduler.find(Attempt.of(uuid, 2, work.toString()))).isEmpty();
  }

  @Test
  void accountsAndClassesThatAreNotThereAreSaid() {
    assertThatThrownBy(() -> submit("exit 0", "--account=nosuch"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("Invalid account");
    uuid = UUID.randomUUID().toString();
    assertThatThrownBy(() -> submit("exit 0", "--qos=nosuch"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessageContaining("Invalid qos");
  }

  private static void awaitThatItIsForgotten(RemoteJob job) {
    org.awaitility.Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                !cluster
                    .run("squeue", "-h", "-t", "all", "-o", "%i")
                    .lines()
                    .toList()
                    .contains(job.remoteJobId()));
  }

  private RemoteJob submit(String script, String directives)
      throws IOException, InterruptedException {
    Files.writeString(work.resolve("job.sh"), script + "\n");
    return scheduler
        .submit(
            LaunchSpec.builder(Attempt.of(uuid, 1, work.toString()))
                .name("name")
                .script("job.sh")
                .output("job.out")
                .error("job.err")
                .queue(
                    new BatchQueue("normal", null, -1, -1, -1, -1, null, null, directives, false))
                .build())
        .job();
  }

  private RemoteStatus await(RemoteJob job, Predicate<RemoteStatus> right) {
    return org.awaitility.Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> scheduler.statuses(List.of(job)).get(job),
            status -> status != null && right.test(status));
  }
}
