package io.jobs4j.adapters.slurm;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.testsupport.SlurmCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs commands on this host as users of a cluster do. */
final class ClusterRunner implements CommandRunner {
  /** The account of {@code dev/services}. */
  static final String USER = System.getenv().getOrDefault("JOBS4J_SERVICES_ACCOUNT", "jobs4j");

  /** Commands that have been run. */
  final AtomicInteger commands = new AtomicInteger();

  /** Called after each command. */
  volatile Runnable after = () -> {};

  private final LocalCommandRunner runner = new LocalCommandRunner();
  private final SlurmCluster cluster;
  private final List<String> prefix;

  private ClusterRunner(SlurmCluster cluster, List<String> prefix) {
    this.cluster = cluster;
    this.prefix = prefix;
  }

  /** As the user of this JVM, who is root. */
  static ClusterRunner asRoot(SlurmCluster cluster) {
    return new ClusterRunner(cluster, List.of());
  }

  /** As somebody without any rights. */
  static ClusterRunner asUser(SlurmCluster cluster) {
    return new ClusterRunner(
        cluster, List.of("setpriv", "--reuid", USER, "--regid", USER, "--init-groups", "--"));
  }

  /** As somebody of whom the host has no name. */
  static ClusterRunner asUnknown(SlurmCluster cluster) {
    return new ClusterRunner(
        cluster,
        List.of("setpriv", "--reuid", "45678", "--regid", "45678", "--clear-groups", "--"));
  }

  @Override
  public CommandResult run(Command command) throws InterruptedException {
    CommandResult result = runner.run(inside(command));
    commands.incrementAndGet();
    after.run();
    return result;
  }

  @Override
  public DetachedCommand launch(Command command) throws InterruptedException {
    return runner.launch(inside(command));
  }

  @Override
  public void close() {
    runner.close();
  }

  private Command inside(Command command) {
    Map<String, String> variables = new TreeMap<>(command.environment());
    variables.putAll(cluster.environment());
    List<String> words = new ArrayList<>(prefix);
    words.addAll(command.words());
    return new Command(
        words,
        command.directory(),
        variables,
        command.bare(),
        command.input(),
        command.timeLimit(),
        command.outputLimit());
  }
}
