package io.jobs4j.examples;

import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Submits a job to Slurm on a cluster that is reached over SSH.
 *
 * <p>How to run it, from the top of the repository: write the address and the account of the login
 * node into {@code examples/slurm/ssh/systems/cluster.json}, connect to it once with {@code ssh} so
 * that its key is known, and call {@code dev/example SlurmOverSsh}.
 */
public final class SlurmOverSsh {
  private SlurmOverSsh() {}

  /**
   * Runs the example.
   *
   * @param arguments another directory of definitions, a file of known hosts and a private key, in
   *     this order; none is needed
   */
  public static void main(String[] arguments) throws Exception {
    Path definitions =
        arguments.length > 0 ? Path.of(arguments[0]) : Path.of("examples", "slurm", "ssh");
    Path data = Path.of("jobs-data");
    Files.createDirectories(data.resolve("archive"));

    // With the keys and the known hosts of ~/.ssh none of this is needed.
    SshAdapters.Builder ssh = SshAdapters.builder();
    if (arguments.length > 2) {
      Path key = Path.of(arguments[2]);
      ssh.knownHosts(Path.of(arguments[1]))
          .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(key)));
    }
    SshAdapters adapters = ssh.build();

    try (JobsEngine engine =
        JobsEngine.builder()
            .database(data.resolve("slurm-over-ssh"))
            .definitions(definitions)
            .adapter(adapters.commandRunners())
            .adapter(adapters.storages())
            .start()) {
      Greeting.from(engine);
    }
  }
}
