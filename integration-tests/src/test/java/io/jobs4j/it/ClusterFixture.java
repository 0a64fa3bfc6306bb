package io.jobs4j.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.JobTimeoutException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.testsupport.SlurmCluster;
import io.jobs4j.testsupport.SshServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose execution system {@code cluster} is defined in JSON, as users do it: reached on
 * this machine or over SSH, where its files belong to another account. Inputs come from and
 * archives go to a storage of this machine.
 */
final class ClusterFixture implements AutoCloseable {
  /** Longer than anything takes on a slow machine; how long something takes decides no test. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final Path definitions;
  private final @Nullable SshServer server;
  private final WithEnvironment commands;
  private final String scratch;
  private @Nullable JobsEngine engine;

  private ClusterFixture(Path directory, @Nullable SshServer server, WithEnvironment commands) {
    this.directory = directory;
    this.definitions = directory.resolve("definitions");
    this.server = server;
    this.commands = commands;
    this.scratch =
        server == null
            ? directory.resolve("scratch").toString()
            : server.home() + "/scratch-" + UUID.randomUUID();
  }

  /** An engine on an H2 file that reaches a cluster. */
  static ClusterFixture slurm(Path directory, ClusterReach reach) throws IOException {
    SlurmCluster cluster = reach.cluster();
    SshServer server = reach.isOverSsh() ? SshServer.running() : null;
    ClusterFixture fixture =
        new ClusterFixture(directory, server, new WithEnvironment(cluster.environment()));
    fixture.define("SLURM", server == null ? 0 : reach.port(server));
    fixture.start();
    return fixture;
  }

  /** An engine that forks on a host that it reaches over SSH. */
  static ClusterFixture forkOverSsh(Path directory) throws IOException {
    SshServer server = SshServer.running();
    ClusterFixture fixture = new ClusterFixture(directory, server, new WithEnvironment(Map.of()));
    fixture.define("FORK", server.port());
    fixture.start();
    return fixture;
  }

  private void define(String scheduler, int port) throws IOException {
    Files.createDirectories(directory.resolve("storage"));
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("id", "cluster");
    system.put("type", "EXECUTION");
    system.put("executionType", scheduler.equals("FORK") ? "CLI" : "HPC");
    system.put("scheduler", scheduler);
    if (server == null) {
      Files.createDirectories(Path.of(scratch));
      system.put("login", Map.of("protocol", "LOCAL"));
      system.put("storage", Map.of("protocol", "LOCAL", "rootDir", "/", "homeDir", "/"));
    } else {
      Map<String, Object> auth =
          Map.of(
              "type",
              "SSHKEYS",
              "username",
              server.account(),
              "privateKey",
              Files.readString(server.key()));
      system.put(
          "login", Map.of("protocol", "SSH", "host", server.host(), "port", port, "auth", auth));
      system.put(
          "storage",
          Map.of(
              "protocol",
              "SFTP",
              "host",
              server.host(),
              "port",
              port,
              "rootDir",
              server.home(),
              "homeDir",
              "/",
              "auth",
              auth));
    }
    system.put("scratchDir", server == null ? scratch : scratch.substring(server.home().length()));
    List<Map<String, Object>> queues = new ArrayList<>();
    if (!scheduler.equals("FORK")) {
      queues.add(queue("normal", "normal", true, ""));
      queues.add(queue("closed", "down", false, ""));
      queues.add(queue("missing", "no such partition", false, ""));
      queues.add(queue("again", "normal", false, "--requeue"));
    }
    system.put("queues", queues);
    write("systems/cluster.json", system);
    write(
        "systems/storage.json",
        Map.of(
            "id",
            "storage",
            "type",
            "STORAGE",
            "default",
            true,
            "storage",
            Map.of(
                "protocol",
                "LOCAL",
                "rootDir",
                directory.resolve("storage").toString(),
                "homeDir",
                "/")));
  }

  private static Map<String, Object> queue(
      String name, String partition, boolean isDefault, String directives) {
    return Map.of(
        "name",
        name,
        "mappedName",
        partition,
        "default",
        isDefault,
        "maxNodes",
        4,
        "maxProcessorsPerNode",
        64,
        "maxMemoryPerNode",
        "64GB",
        "maxRequestedTime",
        "24:00:00",
        "customDirectives",
        directives);
  }

  /** Adds the app {@code name-1.0}, which may have inputs {@code files}; before {@link #start}. */
  ClusterFixture app(String name, String template) throws IOException {
    Path deployment = directory.resolve("storage/apps").resolve(name);
    Files.createDirectories(deployment);
    Files.writeString(deployment.resolve("wrapper.sh"), template);
    write(
        "apps/" + name + ".json",
        Map.of(
            "name", name,
            "version", "1.0",
            "executionSystem", "cluster",
            "parallelism", "PARALLEL",
            "deploymentSystem", "storage",
            "deploymentPath", "/apps/" + name,
            "templatePath", "wrapper.sh",
            "inputs",
                List.of(
                    Map.of(
                        "id", "files",
                        "value", Map.of("required", false),
                        "semantics", Map.of("minCardinality", 0, "maxCardinality", -1))),
            "parameters",
                List.of(
                    Map.of("id", "text", "value", Map.of("type", "string", "required", false)))));
    return this;
  }

  private void write(String file, Object content) throws IOException {
    Path path = definitions.resolve(file);
    Files.createDirectories(path.getParent());
    JSON.writeValue(path.toFile(), content);
  }

  /** Starts the engine, or starts it again with what is defined by now. */
  ClusterFixture start() {
    stop();
    JobsEngineBuilder builder =
        JobsEngine.builder()
            .database(directory.resolve("database"))
            .definitions(definitions)
            .recovery(soon())
            .adapter(commands);
    SshServer ssh = server;
    if (ssh != null) {
      SshAdapters adapters = SshAdapters.builder().knownHosts(ssh.knownHosts()).build();
      builder.adapter(adapters.commandRunners()).adapter(adapters.storages());
    }
    engine = builder.start();
    return this;
  }

  /** What blocks jobs is looked at every few seconds. */
  private static RecoveryPolicies soon() {
    RecoveryPolicies policies = RecoveryPolicies.defaults();
    for (RecoveryCondition condition : RecoveryCondition.values()) {
      policies =
          policies.with(
              condition, RecoveryPolicy.constant(Duration.ofSeconds(3), -1, Duration.ofDays(1)));
    }
    return policies;
  }

  void stop() {
    JobsEngine running = engine;
    engine = null;
    if (running != null) {
      running.close();
    }
  }

  JobsClient client() {
    JobsEngine running = engine;
    if (running == null) {
      throw new IllegalStateException("the engine does not run");
    }
    return running.client(Caller.of("acme", "alice"));
  }

  /** Commands that were run on this machine for the engine. */
  WithEnvironment commands() {
    return commands;
  }

  /** Where inputs are. */
  Path storage() {
    return directory.resolve("storage");
  }

  String submit(String app) {
    return submit(request(app).build());
  }

  String submit(JobRequest request) {
    return client().submit(request).id();
  }

  static JobRequest.Builder request(String app) {
    return JobRequest.builder(app, app + "-1.0").maxRunTime(Duration.ofMinutes(10));
  }

  Job await(String id) throws InterruptedException {
    try {
      return client().await(id, PATIENCE);
    } catch (JobTimeoutException e) {
      throw new AssertionError(e.getMessage() + " " + client().history(id), e);
    }
  }

  JobStatus status(String id) {
    return EngineFixture.status(client(), id);
  }

  @Override
  public void close() {
    stop();
  }
}
