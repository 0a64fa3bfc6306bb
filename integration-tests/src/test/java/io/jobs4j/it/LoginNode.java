package io.jobs4j.it;

import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.testsupport.SshServer;
import java.util.Optional;

/** A host that is reached over SSH, as somebody without any rights there. */
final class LoginNode {
  private final SshServer server = SshServer.running();
  private final SshAdapters adapters =
      SshAdapters.builder()
          .knownHosts(server.knownHosts())
          .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
          .build();

  CommandRunner openRunner() {
    return adapters.open(
        new LoginAccess(
            "SSH", server.host(), server.port(), AccessAuth.ofUser(server.account()), null));
  }

  /** Where its user may write. */
  String home() {
    return server.home();
  }
}
