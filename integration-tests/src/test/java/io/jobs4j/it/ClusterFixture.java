package io.jobs4j.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.adapters.ssh.SshAdapters;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalCommandRunnerProvider;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.CommandRunnerProvider;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose execution system {@code cluster} is defined in JSON, as users do it: reached on
 * this machine or over SSH, where its files belong to another account. Inputs come from and
 * archives go to a storage of this machine.
 */
final class ClusterFixture implements AutoCloseable {
  /** Longer than anything takes on a slow machine; how long something takes decides no test. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private final Path directory;
  private final Path definitions;
  private final @Nullable SshServer server;
  private final @Nullable SshAdapters adapters;
  private final WithEnvironment commands;
  private final String scratch;
  private UnaryOperator<CommandRunnerProvider> around = UnaryOperator.identity();
  private UnaryOperator<JobsEngineBuilder> settings = UnaryOperator.identity();
  private TestDatabase database;
  private @Nullable JobsEngine engine;

  private ClusterFixture(
      Path directory, @Nullable SshServer server, Map<String, String> environment) {
    this.directory = directory;
    this.definitions = directory.resolve("definitions");
    this.database = TestDatabase.h2(directory);
    this.server = server;
    this.adapters =
        server == null ? null : SshAdapters.builder().knownHosts(server.knownHosts()).build();
    this.commands =
        new WithEnvironment(
            adapters == null ? new LocalCommandRunnerProvider() : adapters.commandRunners(),
            environment);
    // The same for each engine on these files.
    this.scratch =
        server == null
            ? directory.resolve("scratch").toString()
            : server.home()
                + "/scratch-"
                + UUID.nameUUIDFromBytes(directory.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** For an engine on an H2 file that reaches a cluster; {@link #start} starts it. */
  static ClusterFixture slurm(Path directory, ClusterReach reach) throws IOException {
    return slurm(directory, reach, Map.of());
  }

  /** The same with variables for all commands. */
  static ClusterFixture slurm(Path directory, ClusterReach reach, Map<String, String> environment)
      throws IOException {
    SlurmCluster cluster = reach.cluster();
    SshServer server = reach.isOverSsh() ? SshServer.running() : null;
    Map<String, String> all = new HashMap<>(environment);
    if (server == null) {
      all.putAll(cluster.environment());
    }
    ClusterFixture fixture = new ClusterFixture(directory, server, all);
    fixture.define("SLURM", server == null ? 0 : reach.port(server));
    return fixture;
  }

  /** For an engine that forks on this machine. */
  static ClusterFixture fork(Path directory) throws IOException {
    ClusterFixture fixture = new ClusterFixture(directory, null, Map.of());
    fixture.define("FORK", 0);
    return fixture;
  }

  /** For an engine that forks on a host that it reaches over SSH. */
  static ClusterFixture forkOverSsh(Path directory) throws IOException {
    SshServer server = SshServer.running();
    ClusterFixture fixture = new ClusterFixture(directory, server, Map.of());
    fixture.define("FORK", server.port());
    return fixture;
  }

  /** Has engines run commands through something that is put around what runs them. */
  ClusterFixture around(UnaryOperator<CommandRunnerProvider> wrapper) {
    around = wrapper;
    return this;
  }

  /** Sets what else engines are to have. */
  ClusterFixture settings(UnaryOperator<JobsEngineBuilder> setter) {
    settings = setter;
    return this;
  }

  /** Has engines keep their jobs in another database than the H2 file. */
  ClusterFixture database(TestDatabase other) {
    database = other;
    return this;
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
      queues.add(queue("first", "normal", false, "--nodelist=n1"));
      queues.add(queue("second", "normal", false, "--nodelist=n2"));
      queues.add(queue("second-again", "normal", false, "--nodelist=n2\n--requeue"));
      queues.add(queue("short", "short", false, "--nodelist=n1"));
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
    put(
        directory.resolve("storage/apps").resolve(name).resolve("wrapper.sh"),
        template.getBytes(StandardCharsets.UTF_8));
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

  /** Sets a field of the system {@code cluster}; before {@link #start}. */
  ClusterFixture system(String field, Object value) throws IOException {
    return set("systems/cluster.json", field, value);
  }

  /** Sets a field of an app; before {@link #start}. */
  ClusterFixture app(String name, String field, Object value) throws IOException {
    return set("apps/" + name + ".json", field, value);
  }

  private ClusterFixture set(String file, String field, Object value) throws IOException {
    ObjectNode content = (ObjectNode) JSON.readTree(definitions.resolve(file).toFile());
    write(file, content.set(field, JSON.valueToTree(value)));
    return this;
  }

  private void write(String file, Object content) throws IOException {
    put(definitions.resolve(file), JSON.writeValueAsBytes(content));
  }

  /** Writes a file in one step, as engines of other processes may be reading it. */
  private void put(Path file, byte[] content) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    Files.createDirectories(file.getParent());
    // Where the file is to be, as others may not look everywhere.
    Path written = Files.createTempFile(file.getParent(), "new", null);
    Files.write(written, content);
    Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r--r--"));
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts the engine, or starts it again with what is defined by now. */
  ClusterFixture start() {
    stop();
    JobsEngineBuilder builder =
        database
            .useFor(JobsEngine.builder())
            .definitions(definitions)
            .recovery(soon())
            .adapter(around.apply(commands));
    if (adapters != null) {
      builder.adapter(adapters.storages());
    }
    engine = settings.apply(builder).start();
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

  /** Commands that were run for the engine. */
  WithEnvironment commands() {
    return commands;
  }

  /** Where the files of a job are on this machine, which the tests see as root. */
  Path workDirectory(Job job) {
    String root = server == null ? "" : server.home();
    return Path.of(root + job.workPath());
  }

  /** Where work directories are on this machine. */
  Path scratch() {
    return Path.of(scratch);
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
