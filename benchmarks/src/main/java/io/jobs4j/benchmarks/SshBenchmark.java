package io.jobs4j.benchmarks;

import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.Credential;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Short commands over connections that are open already, beside OpenSSH's client with a master
 * connection, which starts a process for each.
 */
final class SshBenchmark implements Benchmark {
  private static final List<Integer> CROWDS = List.of(1, 4, 8);

  @Override
  public String name() {
    return "ssh";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    Servers.require(Service.SSHD);
    SshServer server = SshServer.running();
    return Rounds.run(
        context,
        name(),
        List.of(
            Subject.ours("jobs4j, commands", pool(context, server)),
            Subject.reference("OpenSSH with ControlMaster", openSsh(context, server))));
  }

  private static Measurement pool(Context context, SshServer server) {
    return () -> {
      SshAdapters adapters =
          SshAdapters.builder()
              .knownHosts(server.knownHosts())
              .credentials(target -> Optional.of(Credential.PrivateKey.ofFile(server.key())))
              .build();
      try (CommandRunner runner =
          adapters.open(
              new LoginAccess(
                  "SSH",
                  server.host(),
                  server.port(),
                  AccessAuth.ofUser(server.account()),
                  null))) {
        return measured(
            context,
            i -> {
              if (!runner.run(Command.of("true")).succeeded()) {
                throw new IllegalStateException("true failed");
              }
            });
      }
    };
  }

  private static Measurement openSsh(Context context, SshServer server) {
    return () -> {
      Path directory = context.newDirectory("ssh");
      List<String> ssh =
          List.of(
              "ssh",
              "-F",
              "none",
              "-S",
              // The path of a socket is short.
              "/proc/self/cwd/master",
              "-i",
              server.key().toString(),
              "-o",
              "BatchMode=yes",
              "-o",
              "UserKnownHostsFile=" + server.knownHosts(),
              "-p",
              Integer.toString(server.port()),
              "-l",
              server.account(),
              server.host());
      try {
        execute(directory, with(ssh, List.of("-M", "-N", "-f"), List.of()));
        return measured(context, i -> execute(directory, with(ssh, List.of(), List.of("true"))));
      } finally {
        execute(directory, with(ssh, List.of("-O", "exit"), List.of()));
        Context.delete(directory);
      }
    };
  }

  /** A command line with more options and with words for the other side. */
  private static List<String> with(List<String> ssh, List<String> options, List<String> words) {
    List<String> all = new ArrayList<>(ssh);
    all.addAll(1, options);
    all.addAll(words);
    return all;
  }

  private static void execute(Path directory, List<String> words)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    int code = process.waitFor();
    if (code != 0) {
      throw new IllegalStateException(words + " returned " + code);
    }
  }

  private static Map<Metric, Double> measured(Context context, Crowd.Action action)
      throws Exception {
    Map<Metric, Double> values = new LinkedHashMap<>();
    int count = context.size(400, 10);
    for (int crowd : CROWDS) {
      Crowd.each(crowd, count / 4, action);
      long start = System.nanoTime();
      Crowd.each(crowd, count, action);
      values.put(
          new Metric(crowd + " at a time", Unit.PER_SECOND),
          count * 1e9 / (System.nanoTime() - start));
    }
    return values;
  }
}
