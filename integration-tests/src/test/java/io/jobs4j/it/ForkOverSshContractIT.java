package io.jobs4j.it;

import io.jobs4j.adapters.fork.ForkScheduler;
import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.util.Optional;

/** FORK on a host that is reached over SSH keeps to what schedulers keep to. */
@RequiresServices(value = Service.SSHD, shared = true)
class ForkOverSshContractIT extends RemoteSchedulerContract {
  private final SshServer server = SshServer.running();
  private final SshAdapters adapters =
      SshAdapters.builder()
          .knownHosts(server.knownHosts())
          .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
          .build();

  @Override
  protected CommandRunner openRunner() {
    return adapters.open(
        new LoginAccess(
            "SSH", server.host(), server.port(), AccessAuth.ofUser(server.account()), null));
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new ForkScheduler(runner);
  }
}
