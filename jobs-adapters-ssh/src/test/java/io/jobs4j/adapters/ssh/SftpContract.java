package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.testkit.FileStorageContract;
import io.jobs4j.testsupport.SshServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over a server of its own. Root logs in, as the test is root. */
abstract class SftpContract extends FileStorageContract {
  @TempDir private static Path serverDirectory;
  private static OwnSshd own;
  private static SshAdapters adapters;

  /** Starts the server with these lines of its configuration. */
  static void start(List<String> lines) throws Exception {
    SshServer server = SshServer.running();
    own = new OwnSshd(serverDirectory, server, lines);
    adapters =
        SshAdapters.builder()
            .pinnedHostKey("127.0.0.1", own.port(), own.hostKey())
            .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
            .build();
  }

  @AfterAll
  static void stop() {
    own.close();
  }

  @Override
  protected FileStorage open(Path rootDirectory, @Nullable String markerFile) {
    return adapters.open(
        new StorageAccess(
            "SFTP",
            "127.0.0.1",
            own.port(),
            rootDirectory.toString(),
            "/",
            AccessAuth.ofUser("root"),
            null,
            markerFile));
  }

  /** Version 3 of the protocol does not. */
  @Override
  protected boolean keepsFractionsOfSeconds() {
    return false;
  }
}
