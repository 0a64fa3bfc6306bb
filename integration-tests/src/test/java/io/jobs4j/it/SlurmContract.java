package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.adapters.slurm.SlurmScheduler;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import io.jobs4j.testsupport.SlurmCluster;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInfo;

/**
 * What schedulers keep to, on Slurm. Where jobs wait is a partition of each test, so that tests can
 * run at once.
 */
abstract class SlurmContract extends RemoteSchedulerContract {
  final SlurmCluster cluster = SlurmCluster.withoutAccounting();

  /** Where jobs wait; empty until it is needed. */
  private Optional<String> partition = Optional.empty();

  @AfterAll
  static void deletePartitions(TestInfo tests) {
    SlurmCluster cluster = SlurmCluster.withoutAccounting();
    cluster
        .scontrol("-o", "show", "partition")
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(name -> name.startsWith("PartitionName=" + prefix(tests.getTestClass().get())))
        .forEach(name -> delete(cluster, name));
  }

  /** With what a test that failed, or was killed, has left there. */
  private static void delete(SlurmCluster cluster, String partition) {
    var unused = cluster.scancel("--partition=" + partition.substring("PartitionName=".length()));
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> cluster.scontrol("delete", partition).isEmpty());
  }

  private static String prefix(Class<?> tests) {
    return "closed-" + tests.getSimpleName() + "-";
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new SlurmScheduler(runner, Clock.systemUTC(), false);
  }

  @Override
  protected Optional<BatchQueue> waitingQueue() {
    if (partition.isEmpty()) {
      String name = prefix(getClass()) + UUID.randomUUID();
      var unused =
          cluster.scontrol(
              "create",
              "PartitionName=" + name,
              "Nodes=" + String.join(",", cluster.nodes()),
              "State=DOWN");
      partition = Optional.of(name);
    }
    return partition.map(
        name -> new BatchQueue(name, null, -1, -1, -1, -1, null, null, null, false));
  }

  @Override
  protected void admitWaitingJobs() {
    set("UP");
  }

  @Override
  protected void keepJobsWaiting() {
    set("DOWN");
  }

  private void set(String state) {
    partition.ifPresent(
        name -> cluster.scontrol("update", "PartitionName=" + name, "State=" + state));
  }

  /** Slurm looks for jobs over their limit twice a minute. */
  @Override
  protected Duration patience() {
    return Duration.ofMinutes(2);
  }

  @Override
  protected Duration shortestTimeLimit() {
    return Duration.ofMinutes(1);
  }

  /** The list of jobs, and what became of those that are over. */
  @Override
  protected int mostCommandsPerAnswer() {
    return 2;
  }
}
