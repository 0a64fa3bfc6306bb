package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.FieldProblems;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
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

  /** The field that says of files whether they are here. */
  private static final String HOST = "storage.protocol";

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
    String id = system.required("id");
    String tenantId = system.text("tenantId");
    String status = system.word("status", STATUSES);
    boolean down = status != null && !status.equals("UP");
    StorageAccess access = this.access.storage(system);
    if (type.equals("STORAGE")) {
      StorageSystem.Builder storage = StorageSystem.builder(id, access).tenantId(tenantId);
      system.flag("available", storage::available);
      system.flag("default", storage::isDefault);
      if (down) {
        storage.available(false);
      }
      storageSystems.add(
          new Defined<>(system.file(), storage.build(system.problems(UnaryOperator.identity()))));
    } else if (type.equals("EXECUTION")) {
      executionSystems.add(
          new Defined<>(system.file(), executionSystem(system, id, tenantId, down, access)));
    } else {
      return; // which fields are known depends on the type
    }
    system.refuseUnknown(UNUSED);
  }

  /**
   * Refuses execution systems of whose commands and files one is here and the other is not,
   * wherever they were defined.
   */
  static void check(List<Defined<ExecutionSystem>> systems, DefinitionProblems problems) {
    for (Defined<ExecutionSystem> defined : systems) {
      ExecutionSystem system = defined.value();
      ExecutionSystem.builder(system.id(), system.scheduler(), system.login(), system.storage())
          .build(
              (field, value, expected) -> {
                if (field.equals(HOST)) {
                  problems.add(defined.source(), field, "\"" + value + '"', expected);
                }
              });
    }
  }

  private static ExecutionSystem executionSystem(
      DefinitionFields fields,
      String id,
      @Nullable String tenantId,
      boolean down,
      StorageAccess storage) {
    fields.word("executionType", EXECUTION_TYPES);
    String scheduler = fields.requiredWord("scheduler", SCHEDULERS);
    ExecutionSystem.Builder system =
        ExecutionSystem.builder(id, scheduler, AccessDefinitions.login(fields), storage)
            .tenantId(tenantId)
            .workDir(fields.text("workDir"))
            .scratchDir(fields.text("scratchDir"))
            .startupScript(fields.text("startupScript"));
    fields.flag("available", system::available);
    fields.flag("default", ignored -> {}); // of storage systems, and known here too
    if (down) {
      system.available(false);
    }
    environment(fields).forEach(system::environment);
    fields.flag("loginEnvironment", system::loginEnvironment);
    fields.limit("maxSystemJobs", system::maxSystemJobs);
    fields.limit("maxSystemJobsPerUser", system::maxSystemJobsPerUser);
    Map<String, String> names = new HashMap<>();
    List<DefinitionFields> queues = fields.objects("queues");
    for (int i = 0; i < queues.size(); i++) {
      system.queue(queue(queues.get(i)));
      String isDefault = queues.get(i).present("default", "isDefault");
      names.put("queues[" + i + "].isDefault", "queues[" + i + "]." + isDefault);
    }
    return system.build(problems(fields, names));
  }

  /**
   * What is wrong with a system but for what {@link #check} tells.
   *
   * @param names of fields that have others in Java
   */
  private static FieldProblems problems(DefinitionFields system, Map<String, String> names) {
    FieldProblems problems = system.problems(field -> names.getOrDefault(field, field));
    return (field, value, expected) -> {
      boolean told =
          field.endsWith("].name")
              && value instanceof String name
              && !DefinitionFields.isThere(name);
      if (!told && !field.equals(HOST)) {
        problems.add(field, value, expected);
      }
    };
  }

  /** Lines of text, or an array of them. */
  private static List<String> environment(DefinitionFields system) {
    JsonNode value = system.get("environment");
    return value != null && value.isTextual()
        ? value.textValue().lines().filter(line -> !line.isBlank()).toList()
        : system.lines("environment");
  }

  private static BatchQueue queue(DefinitionFields fields) {
    BatchQueue.Builder queue =
        BatchQueue.builder(fields.required("name"))
            .mappedName(fields.text("mappedName"))
            .maxMemoryPerNode(fields.memoryLimit("maxMemoryPerNode"))
            .maxRequestedTime(fields.runTime("maxRequestedTime"))
            .customDirectives(fields.text("customDirectives"));
    fields.limit("maxJobs", queue::maxJobs);
    fields.limit("maxUserJobs", queue::maxUserJobs);
    fields.limit("maxNodes", queue::maxNodes);
    fields.limit("maxProcessorsPerNode", queue::maxProcessorsPerNode);
    fields.flag(fields.present("default", "isDefault"), queue::isDefault);
    fields.refuseUnknown(UNUSED_QUEUE);
    return queue.build(fields.problems(UnaryOperator.identity()));
  }
}
