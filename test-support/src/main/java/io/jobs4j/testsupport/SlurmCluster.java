package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Slurm cluster of {@code dev/services} on this host, with a few nodes of 64 processors and the
 * partitions {@code normal} (the default), {@code short} (5 minutes, one node) and {@code down},
 * whose jobs wait. It has things done to it that happen to clusters; {@link #restore} undoes them.
 * Tests that do so must not run at once.
 */
public final class SlurmCluster {
  private static final String TIMED_OUT = "Socket timed out";

  /** How long a controller may be too busy to answer. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration USUAL_JOB_AGE = Duration.ofHours(1);
  private static final Duration USUAL_NODE_TIMEOUT = Duration.ofMinutes(1);

  private final DevServices services;
  private final Service service;
  private final Path conf;
  private final Path run;
  private final List<String> nodes;

  /** Whether nothing was done to it since {@link #restore}. */
  private volatile boolean restored;

  private SlurmCluster(DevServices services, Service service) {
    this.services = services;
    this.service = service;
    Map<String, String> environment = services.environment();
    String prefix = "JOBS4J_" + service.name();
    this.conf = Path.of(environment.getOrDefault(prefix + "_CONF", ""));
    this.run = Path.of(environment.getOrDefault(prefix + "_RUN", ""));
    this.nodes = List.of(environment.getOrDefault(prefix + "_NODES", "").split(" ", -1));
  }

  /** The one that keeps no accounts: {@code sacct} knows nothing. Started if it does not run. */
  public static SlurmCluster withoutAccounting() {
    return started(Service.SLURM);
  }

  /**
   * The one with slurmdbd, which lets only users with an association run jobs: root and the account
   * of {@link SshServer}. Started if it does not run.
   */
  public static SlurmCluster withAccounting() {
    return started(Service.SLURM_ACCOUNTING);
  }

  private static SlurmCluster started(Service service) {
    SlurmCluster cluster = new SlurmCluster(DevServices.find(), service);
    cluster.start();
    return cluster;
  }

  /** Whether {@code sacct} answers. */
  public boolean hasAccounting() {
    return service == Service.SLURM_ACCOUNTING;
  }

  /** Its {@code slurm.conf}. */
  public Path conf() {
    return conf;
  }

  /** The variables with which commands of Slurm reach it. */
  public Map<String, String> environment() {
    return Map.of("SLURM_CONF", conf.toString());
  }

  /** The names of the nodes. */
  public List<String> nodes() {
    return nodes;
  }

  /** Lets the controller hang: it takes connections and answers nothing. */
  public void stall() {
    restored = false;
    controller().pause();
  }

  /** Lets a controller that hangs go on. */
  public void resume() {
    restored = false;
    controller().resume();
  }

  /** Ends the controller in order. Jobs run on. */
  public void stop() {
    restored = false;
    controller().end();
  }

  /** Kills the controller, which forgets what it learned in the last seconds. Jobs run on. */
  public void kill() {
    restored = false;
    controller().kill();
  }

  /**
   * Starts what does not run, lets what hangs go on, and returns when all nodes take jobs.
   *
   * @throws IllegalStateException with what {@code dev/services} said if it does not come up
   */
  public void start() {
    restored = false;
    services.start(service);
  }

  /** Kills the slurmd of a node, which the controller learns after the {@link #nodeTimeout}. */
  public void killNode(String node) {
    restored = false;
    ServerProcess.of(run.resolve("slurmd-" + node + ".pid"), "slurmd").kill();
  }

  /** Kills the slurmd of a node and lets the controller know. {@link #start} brings it back. */
  public void takeNodeDown(String node) {
    killNode(node);
    var unused = scontrol("update", "NodeName=" + node, "State=DOWN", "Reason=test");
  }

  /** Has the controller forget jobs so long after their end; whole seconds. */
  public void purgeAfter(Duration age) {
    restored = false;
    services.start(service, "--min-job-age", Long.toString(age.toSeconds()));
  }

  /** Has the controller give a node up that has not answered for so long; whole seconds. */
  public void nodeTimeout(Duration timeout) {
    restored = false;
    services.start(service, "--node-timeout", Long.toString(timeout.toSeconds()));
  }

  /** {@code scontrol} as an administrator; see {@link #run}. */
  public String scontrol(String... words) {
    if (changesCluster(words)) {
      restored = false;
    }
    return run(prepend("scontrol", words));
  }

  /** Whether words of {@code scontrol} are about more than a job. */
  private static boolean changesCluster(String... words) {
    List<String> all = List.of(words);
    boolean changes = List.of("update", "create", "delete", "reconfigure").contains(all.get(0));
    return changes && all.stream().noneMatch(word -> word.startsWith("JobId="));
  }

  /** {@code scancel} as an administrator; see {@link #run}. */
  public String scancel(String... words) {
    return run(prepend("scancel", words));
  }

  /**
   * Runs a command as an administrator. {@code squeue}, which changes nothing, is run again while
   * the controller is too busy to answer it.
   *
   * @return what it wrote
   * @throws IllegalStateException with what it wrote if it does not return zero
   */
  public String run(String... words) {
    long start = System.nanoTime();
    while (true) {
      Ended ended = runOnce(words);
      if (ended.code() == 0) {
        return ended.output();
      }
      boolean again = words[0].equals("squeue") && ended.output().contains(TIMED_OUT);
      if (!again || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            "%s ended with exit code %s: %s"
                .formatted(List.of(words), ended.code(), ended.output().strip()));
      }
    }
  }

  private record Ended(int code, String output) {}

  private Ended runOnce(String... words) {
    try {
      ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
      builder.environment().putAll(environment());
      Process process = builder.start();
      process.getOutputStream().close();
      String output;
      try (InputStream stream = process.getInputStream()) {
        output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      }
      return new Ended(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + List.of(words), e);
    }
  }

  /**
   * Makes all as it was when the cluster was new; jobs stay. What others than this object did is
   * undone the first time.
   */
  public void restore() {
    if (restored) {
      return;
    }
    services.start(
        service,
        "--min-job-age",
        Long.toString(USUAL_JOB_AGE.toSeconds()),
        "--node-timeout",
        Long.toString(USUAL_NODE_TIMEOUT.toSeconds()));
    var unused = scontrol("update", "PartitionName=down", "State=DOWN");
    restored = true;
  }

  private ServerProcess controller() {
    return ServerProcess.of(run.resolve("slurmctld.pid"), "slurmctld");
  }

  private static String[] prepend(String first, String[] rest) {
    String[] all = new String[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }
}
