package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.testkit.CommandRunnerContract;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.util.Optional;

@RequiresServices(Service.SSHD)
class SshCommandRunnerContractIT extends CommandRunnerContract {
  private final SshServer server = SshServer.running();
  private final SshAdapters adapters =
      SshAdapters.builder()
          .knownHosts(server.knownHosts())
          .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
          .build();

  @Override
  protected CommandRunner open() {
    return adapters.open(
        new LoginAccess(
            "SSH", server.host(), server.port(), AccessAuth.ofUser(server.account()), null));
  }

  @Override
  protected boolean tellsOfExits() {
    return false;
  }
}
