package io.jobs4j.it;

import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.util.Optional;

/**
 * SLURM on a login node that is reached over SSH, as somebody without any rights there, keeps to
 * what schedulers keep to.
 */
@RequiresServices(
    value = {Service.SLURM, Service.SSHD},
    shared = true)
class SlurmOverSshContractIT extends SlurmContract {
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
  protected String scratchDirectory() {
    return server.home();
  }
}
