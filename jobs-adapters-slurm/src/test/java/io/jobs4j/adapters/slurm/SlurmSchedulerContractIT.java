package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

@RequiresServices(Service.SLURM)
class SlurmSchedulerContractIT extends RemoteSchedulerContract {
  private static SlurmCluster cluster;

  @BeforeAll
  static void findCluster() {
    cluster = SlurmCluster.withoutAccounting();
    cluster.restore();
  }

  @Override
  protected CommandRunner openRunner() {
    return ClusterRunner.asRoot(cluster);
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new SlurmScheduler(runner, Clock.systemUTC(), false);
  }

  @Override
  protected Optional<BatchQueue> waitingQueue() {
    return Optional.of(new BatchQueue("down", null, -1, -1, -1, -1, -1, null, null, false));
  }

  @Override
  protected void admitWaitingJobs() {
    var unused = cluster.scontrol("update", "PartitionName=down", "State=UP");
  }

  @Override
  protected void keepJobsWaiting() {
    var unused = cluster.scontrol("update", "PartitionName=down", "State=DOWN");
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
