package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.StoragePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads systems (Agave, "Storage systems" and "Execution Systems"). */
final class SystemDefinitions {
  static final List<String> EXECUTION_TYPES = List.of("HPC", "CONDOR", "CLI", "ATMOSPHERE");

  private static final List<String> SCHEDULERS =
      List.of(
          "FORK",
          "SLURM",
          "PBS",
          "TORQUE",
          "MOAB",
          "SGE",
          "GRIDENGINE",
          "LSF",
          "LOADLEVELER",
          "COBALT",
          "CONDOR",
          "UNKNOWN",
          "CUSTOM_SLURM",
          "CUSTOM_PBS",
          "CUSTOM_TORQUE",
          "CUSTOM_MOAB",
          "CUSTOM_SGE",
          "CUSTOM_GRIDENGINE",
          "CUSTOM_LSF",
          "CUSTOM_LOADLEVELER",
          "CUSTOM_COBALT",
          "CUSTOM_CONDOR");
  private static final List<String> WITH_LOGIN_ENVIRONMENT = List.of("SLURM", "CUSTOM_SLURM");
  private static final List<String> STATUSES = List.of("UP", "DOWN", "MAINTENANCE", "UNKNOWN");

  private static final Set<String> UNUSED =
      Set.of(
          "name",
          "description",
          "site",
          "owner",
          "roles",
          "uuid",
          "revision",
          "created",
          "lastModified",
          "lastUpdated",
          "public",
          "globalDefault",
          "type",
          "_links");
  private static final Set<String> UNUSED_QUEUE = Set.of("description", "_links");

  private final AccessDefinitions access;
  private final List<Defined<ExecutionSystem>> executionSystems = new ArrayList<>();
  private final List<Defined<StorageSystem>> storageSystems = new ArrayList<>();

  /**
   * @param directory against which relative root directories are resolved
   */
  SystemDefinitions(Path directory) {
    this.access = new AccessDefinitions(directory);
  }

  List<Defined<ExecutionSystem>> executionSystems() {
    return executionSystems;
  }

  List<Defined<StorageSystem>> storageSystems() {
    return storageSystems;
  }

  void read(DefinitionFields system) {
    String type = system.requiredWord("type", List.of("EXECUTION", "STORAGE"));
    String id = system.requiredLine("id", 64);
    String tenantId = system.line("tenantId", 24);
    String status = system.word("status", STATUSES);
    boolean available = system.flag("available", true) && (status == null || status.equals("UP"));
    boolean isDefault = system.flag("default", false);
    StorageAccess storage = access.storage(system);
    if (type.equals("STORAGE")) {
      storageSystems.add(
          new Defined<>(
              system.file(), new StorageSystem(id, tenantId, available, isDefault, storage)));
    } else if (type.equals("EXECUTION")) {
      executionSystems.add(
          new Defined<>(system.file(), executionSystem(system, id, tenantId, available, storage)));
    } else {
      return; // which fields are known depends on the type
    }
    system.refuseUnknown(UNUSED);
  }

  /**
   * Refuses execution systems of whose commands and files one is here and the other is not. What is
   * reached over the network is never touched through a path that happens to exist here. Whether
   * two names are of one host is not known.
   */
  static void check(List<Defined<ExecutionSystem>> systems, DefinitionProblems problems) {
    for (Defined<ExecutionSystem> defined : systems) {
      String login = defined.value().login().protocol();
      String storage = defined.value().storage().protocol();
      if (!AccessDefinitions.LOGIN_PROTOCOLS.contains(login)
          || !AccessDefinitions.STORAGE_PROTOCOLS.contains(storage)) {
        continue; // told already, or of the program's own
      }
      boolean here = login.equals(AccessDefinitions.LOCAL);
      if (here != storage.equals(AccessDefinitions.LOCAL)) {
        problems.add(
            defined.source(),
            "storage.protocol",
            '"' + storage + '"',
            here
                ? "must be LOCAL for a login that is LOCAL: commands run on this host and need"
                    + " their files here"
                : "must be SFTP, or another that reaches the login's host, for a login that is "
                    + login
                    + ": LOCAL files are on this host, where no command runs");
      }
    }
  }

  private static ExecutionSystem executionSystem(
      DefinitionFields system,
      String id,
      @Nullable String tenantId,
      boolean available,
      StorageAccess storage) {
    system.word("executionType", EXECUTION_TYPES);
    String scheduler = system.requiredWord("scheduler", SCHEDULERS);
    return new ExecutionSystem(
        id,
        tenantId,
        available,
        scheduler,
        AccessDefinitions.login(system),
        storage,
        system.path("workDir", 255),
        system.path("scratchDir", 255),
        startupScript(system),
        environment(system),
        loginEnvironment(system, scheduler),
        system.limit("maxSystemJobs"),
        system.limit("maxSystemJobsPerUser"),
        queues(system));
  }

  /** Only the account's own home directory is looked up, which {@code HOME} names for each job. */
  private static @Nullable String startupScript(DefinitionFields system) {
    String script = system.line("startupScript", 255);
    if (script != null
        && StoragePath.needsShell(script.startsWith("~/") ? script.substring(2) : script)) {
      system.wrong(
          "startupScript",
          "must be a path on the host that begins with \"/\", with \"~/\" for the account's home"
              + " directory, or with neither for the job's work directory; variables and the homes"
              + " of others are not expanded");
      return null;
    }
    return script;
  }

  private static boolean loginEnvironment(DefinitionFields system, String scheduler) {
    boolean wanted = system.flag("loginEnvironment", false);
    if (wanted && !WITH_LOGIN_ENVIRONMENT.contains(scheduler)) {
      system.wrong(
          "loginEnvironment",
          "must be false, because only %s can make it; a startupScript such as \"~/.profile\" sets"
                  .formatted(String.join(" and ", WITH_LOGIN_ENVIRONMENT))
              + " what jobs of other schedulers need");
    }
    return wanted;
  }

  /** Lines of text, or an array of them. */
  private static List<String> environment(DefinitionFields system) {
    JsonNode value = system.get("environment");
    List<String> lines =
        value != null && value.isTextual()
            ? value.textValue().lines().filter(line -> !line.isBlank()).toList()
            : system.lines("environment");
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).matches("[A-Za-z_][A-Za-z0-9_]*=[^\\x00-\\x1f\\x7f]*")) {
        system.wrongElement("environment", i, "must be NAME=value without control characters");
      }
    }
    return lines;
  }

  private static List<BatchQueue> queues(DefinitionFields system) {
    List<BatchQueue> queues = new ArrayList<>();
    Set<String> names = new HashSet<>();
    boolean defaultSeen = false;
    for (DefinitionFields fields : system.objects("queues")) {
      BatchQueue queue = queue(fields);
      if (!queue.name().equals("?") && !names.add(queue.name())) {
        fields.wrong("name", "must be different for each queue of the system");
      }
      if (queue.isDefault() && defaultSeen) {
        fields.wrong(fields.present("default", "isDefault"), "must be true for one queue at most");
      }
      defaultSeen |= queue.isDefault();
      queues.add(queue);
    }
    return queues;
  }

  private static BatchQueue queue(DefinitionFields queue) {
    int maxJobs = queue.limit("maxJobs");
    int maxUserJobs = queue.limit("maxUserJobs");
    if (maxJobs != -1 && maxUserJobs > maxJobs) {
      queue.wrong(
          "maxUserJobs",
          "must be less than the maxJobs for this queue, or equal to it: " + maxJobs);
    }
    Memory memory = queue.memoryLimit("maxMemoryPerNode");
    Duration time = queue.runTime("maxRequestedTime");
    BatchQueue read =
        new BatchQueue(
            queue.requiredLine("name", 128),
            queue.line("mappedName", 128),
            maxJobs,
            maxUserJobs,
            queue.limit("maxNodes"),
            queue.limit("maxProcessorsPerNode"),
            memory,
            time,
            queue.text("customDirectives", 16384),
            queue.flag(queue.present("default", "isDefault"), false));
    queue.refuseUnknown(UNUSED_QUEUE);
    return read;
  }
}
