package io.jobs4j.it;

import io.jobs4j.adapters.slurm.SlurmScheduler;
import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import io.jobs4j.testsupport.SshServer;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/**
 * SLURM on a login node that is reached over SSH, as somebody without any rights there, keeps to
 * what schedulers keep to.
 */
@RequiresServices({Service.SLURM, Service.SSHD})
class SlurmOverSshContractIT extends RemoteSchedulerContract {
  private static SlurmCluster cluster;
  private static SshServer server;
  private static SshAdapters adapters;

  @BeforeAll
  static void findServers() {
    cluster = SlurmCluster.withoutAccounting();
    cluster.restore();
    server = SshServer.running();
    server.restore();
    adapters =
        SshAdapters.builder()
            .knownHosts(server.knownHosts())
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
            .build();
  }

  @Override
  protected CommandRunner openRunner() {
    return adapters.open(
        new LoginAccess(
            "SSH", server.host(), server.port(), AccessAuth.ofUser(server.account()), null));
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new SlurmScheduler(runner, Clock.systemUTC(), false);
  }

  @Override
  protected String scratchDirectory() {
    return server.home();
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
