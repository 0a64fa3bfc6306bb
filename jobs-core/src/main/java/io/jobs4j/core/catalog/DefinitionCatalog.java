package io.jobs4j.core.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.core.internal.json.InvalidJsonException;
import io.jobs4j.core.internal.json.StrictReader;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.spi.Catalog;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Apps, systems and tenant queues that were defined when the program started. Immutable.
 *
 * <p>The files are those that Agave documents ("Registering an app", "Inputs and Parameters",
 * "Storage systems", "Execution Systems"), one app or system in each. What of them jobs do not need
 * is accepted and not used, credentials among it; what is not documented is refused. Beyond Agave:
 *
 * <ul>
 *   <li>{@code tenantId} restricts an app or system to one tenant; without it every tenant sees it;
 *   <li>the {@code rootDir} of a storage must be given; with the protocol LOCAL it may be relative
 *       to the definitions directory;
 *   <li>{@code default} is true for at most one storage system that every tenant sees; a tenant's
 *       own default comes before it. Without one, the execution system's own storage serves.
 * </ul>
 *
 * <p>A file in {@code queues} has the {@code tenantId} and the {@code queues} of a tenant, each
 * with {@code name}, {@code priority}, {@code filter} and {@code numWorkers} (4 if missing), by the
 * rules of {@link QueueDefinitions}. A filter is a selector of JMS on the properties of a job, such
 * as {@code nodeCount >= 4 AND appId LIKE 'bwa-%'}.
 */
public final class DefinitionCatalog implements Catalog {
  private static final StrictReader READER = StrictReader.unlimited();

  private final Map<Key, App> apps;
  private final Map<Key, ExecutionSystem> executionSystems;
  private final Map<Key, StorageSystem> storageSystems;
  private final List<TenantQueue> tenantQueues;

  /** What a definition is looked up by; every tenant sees those without a tenant. */
  private record Key(@Nullable String tenantId, String id) {}

  private DefinitionCatalog(
      Map<Key, App> apps,
      Map<Key, ExecutionSystem> executionSystems,
      Map<Key, StorageSystem> storageSystems,
      List<TenantQueue> tenantQueues) {
    this.apps = Map.copyOf(apps);
    this.executionSystems = Map.copyOf(executionSystems);
    this.storageSystems = Map.copyOf(storageSystems);
    this.tenantQueues = List.copyOf(tenantQueues);
  }

  /**
   * Reads {@code apps/*.json}, {@code systems/*.json} and {@code queues/*.json}; each of the
   * folders may be missing.
   *
   * @throws InvalidDefinitionException with all that is wrong, if anything is
   */
  public static DefinitionCatalog read(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    DefinitionProblems problems = new DefinitionProblems();
    if (!Files.isDirectory(root)) {
      problems.add(directory.toString(), "", null, "must be a directory with definitions");
      problems.throwIfAny();
    }
    SystemDefinitions systems = new SystemDefinitions(root);
    readAll(root, "systems", problems, systems::read);
    boolean systemsAreSound = problems.count() == 0;
    List<Defined<App>> apps = new ArrayList<>();
    readAll(
        root,
        "apps",
        problems,
        fields -> apps.add(new Defined<>(fields.file(), AppDefinitions.read(fields))));
    List<DefinedQueue> queues = new ArrayList<>();
    readAll(root, "queues", problems, fields -> queues.addAll(QueueDefinitions.read(fields)));
    return checked(
        apps,
        systems.executionSystems(),
        systems.storageSystems(),
        queues,
        systemsAreSound,
        problems);
  }

  /**
   * A catalog of what the program defines itself.
   *
   * @throws InvalidDefinitionException if ids are not unique, an app names a system that is not
   *     there, of the commands and files of an execution system one is here and the other is not,
   *     or there are several default storage systems
   */
  public static DefinitionCatalog of(
      Collection<App> apps,
      Collection<ExecutionSystem> executionSystems,
      Collection<StorageSystem> storageSystems) {
    return of(apps, executionSystems, storageSystems, List.of());
  }

  /**
   * A catalog of what the program defines itself, with tenant queues.
   *
   * @throws InvalidDefinitionException if ids are not unique, an app names a system that is not
   *     there, of the commands and files of an execution system one is here and the other is not,
   *     there are several default storage systems, or a queue breaks a rule of Aloe
   */
  public static DefinitionCatalog of(
      Collection<App> apps,
      Collection<ExecutionSystem> executionSystems,
      Collection<StorageSystem> storageSystems,
      Collection<TenantQueue> tenantQueues) {
    return checked(
        defined(apps, app -> "app " + app.id()),
        defined(executionSystems, system -> "system " + system.id()),
        defined(storageSystems, system -> "system " + system.id()),
        tenantQueues.stream().map(DefinedQueue::of).toList(),
        true,
        new DefinitionProblems());
  }

  @Override
  public Optional<App> app(String tenantId, String appId) {
    return find(apps, tenantId, appId);
  }

  @Override
  public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
    return find(executionSystems, tenantId, systemId);
  }

  @Override
  public Optional<StorageSystem> storageSystem(String tenantId, String systemId) {
    return find(storageSystems, tenantId, systemId)
        .or(
            () ->
                executionSystem(tenantId, systemId)
                    .map(
                        system ->
                            new StorageSystem(
                                system.id(),
                                system.tenantId(),
                                system.available(),
                                false,
                                system.storage())));
  }

  @Override
  public Optional<StorageSystem> defaultStorageSystem(String tenantId) {
    return storageSystems.values().stream()
        .filter(StorageSystem::isDefault)
        .filter(system -> system.tenantId() == null || system.tenantId().equals(tenantId))
        .max(Comparator.comparing(system -> system.tenantId() != null));
  }

  /** The queues of all tenants. */
  public List<TenantQueue> tenantQueues() {
    return List.copyOf(tenantQueues);
  }

  /** The queues that are defined for a tenant, in the order in which they choose jobs. */
  public List<TenantQueue> tenantQueues(String tenantId) {
    return tenantQueues.stream()
        .filter(queue -> queue.tenantId().equals(tenantId))
        .sorted(Comparator.comparingInt(TenantQueue::priority).reversed())
        .toList();
  }

  private static <T> Optional<T> find(Map<Key, T> definitions, String tenantId, String id) {
    T own = definitions.get(new Key(tenantId, id));
    return own == null ? Optional.ofNullable(definitions.get(new Key(null, id))) : Optional.of(own);
  }

  private static <T> List<Defined<T>> defined(
      Collection<T> values, Function<T, String> description) {
    return values.stream().map(value -> new Defined<>(description.apply(value), value)).toList();
  }

  private static void readAll(
      Path root, String folder, DefinitionProblems problems, Consumer<DefinitionFields> reader) {
    Path directory = root.resolve(folder);
    if (Files.notExists(directory)) {
      return;
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*.json")) {
      stream.forEach(files::add);
    } catch (IOException | DirectoryIteratorException e) {
      problems.add(folder, "", null, "must be a directory that can be read");
    }
    Collections.sort(files);
    for (Path file : files) {
      String name = folder + "/" + file.getFileName();
      try {
        byte[] json = Files.readAllBytes(file);
        fields(name, () -> READER.read(json), problems).ifPresent(reader);
      } catch (IOException e) {
        problems.add(name, "", null, "must be a file that can be read");
      }
    }
  }

  /** The fields of a text; nothing but a problem if it is not one JSON object. */
  static Optional<DefinitionFields> fields(String name, String json, DefinitionProblems problems) {
    return fields(name, () -> READER.read(json), problems);
  }

  private interface Source {
    JsonNode read() throws InvalidJsonException;
  }

  private static Optional<DefinitionFields> fields(
      String name, Source source, DefinitionProblems problems) {
    try {
      if (source.read() instanceof ObjectNode object) {
        return Optional.of(new DefinitionFields(name, "", object, problems));
      }
      problems.add(name, "", null, "must hold one JSON object");
    } catch (InvalidJsonException e) {
      problems.add(
          name,
          "",
          null,
          e.line() < 1
              ? "must be valid JSON"
              : "must be valid JSON; it is not at line %s, column %s"
                  .formatted(e.line(), e.column()));
    }
    return Optional.empty();
  }

  private static DefinitionCatalog checked(
      List<Defined<App>> apps,
      List<Defined<ExecutionSystem>> executionSystems,
      List<Defined<StorageSystem>> storageSystems,
      List<DefinedQueue> tenantQueues,
      boolean systemsAreSound,
      DefinitionProblems problems) {
    Map<Key, Defined<Object>> ids = new HashMap<>();
    Map<Key, App> appMap =
        index(apps, app -> new Key(app.tenantId(), app.id()), new HashMap<>(), problems);
    Map<Key, ExecutionSystem> executionMap =
        index(executionSystems, system -> new Key(system.tenantId(), system.id()), ids, problems);
    Map<Key, StorageSystem> storageMap =
        index(storageSystems, system -> new Key(system.tenantId(), system.id()), ids, problems);
    SystemDefinitions.check(executionSystems, problems);
    if (systemsAreSound) {
      checkReferences(apps, executionMap, storageMap, problems);
      checkDefaults(storageSystems, problems);
    }
    QueueDefinitions.check(tenantQueues, problems);
    problems.throwIfAny();
    return new DefinitionCatalog(
        appMap,
        executionMap,
        storageMap,
        tenantQueues.stream().map(DefinedQueue::toQueue).toList());
  }

  /** An id may be there again only if no tenant sees both. */
  private static <T> Map<Key, T> index(
      List<Defined<T>> definitions,
      Function<T, Key> keyOf,
      Map<Key, Defined<Object>> ids,
      DefinitionProblems problems) {
    Map<Key, T> index = new HashMap<>();
    for (Defined<T> definition : definitions) {
      Key key = keyOf.apply(definition.value());
      if (!DefinitionFields.isThere(key.id())) {
        continue;
      }
      ids.forEach(
          (other, first) -> {
            if (other.id().equals(key.id())
                && (other.tenantId() == null
                    || key.tenantId() == null
                    || other.tenantId().equals(key.tenantId()))) {
              problems.add(
                  definition.source(),
                  "id",
                  '"' + key.id() + '"',
                  "must be different from that of " + first.source());
            }
          });
      ids.putIfAbsent(key, new Defined<>(definition.source(), key));
      index.putIfAbsent(key, definition.value());
    }
    return index;
  }

  private static void checkReferences(
      List<Defined<App>> apps,
      Map<Key, ExecutionSystem> executionSystems,
      Map<Key, StorageSystem> storageSystems,
      DefinitionProblems problems) {
    for (Defined<App> defined : apps) {
      App app = defined.value();
      ExecutionSystem system = seenBy(app, app.executionSystem(), executionSystems);
      if (system == null && !problems.has(defined.source(), "executionSystem")) {
        problems.add(
            defined.source(),
            "executionSystem",
            '"' + app.executionSystem() + '"',
            "must be the id of an execution system that " + audience(app) + " sees");
      }
      String queue = app.defaultQueue();
      if (system != null
          && queue != null
          && !problems.has(defined.source(), "defaultQueue")
          && !system.queues().isEmpty()
          && system.queues().stream().noneMatch(it -> it.name().equals(queue))) {
        problems.add(
            defined.source(),
            "defaultQueue",
            '"' + queue + '"',
            "must be the name of a queue of the system " + system.id());
      }
      String deployment = app.deploymentSystem();
      if (deployment != null
          && !problems.has(defined.source(), "deploymentSystem")
          && seenBy(app, deployment, executionSystems) == null
          && seenBy(app, deployment, storageSystems) == null) {
        problems.add(
            defined.source(),
            "deploymentSystem",
            '"' + deployment + '"',
            "must be the id of a system that " + audience(app) + " sees");
      }
    }
  }

  private static String audience(App app) {
    return app.tenantId() == null ? "every tenant" : "the tenant " + app.tenantId();
  }

  private static <T> @Nullable T seenBy(App app, String id, Map<Key, T> definitions) {
    T own = definitions.get(new Key(app.tenantId(), id));
    return own == null ? definitions.get(new Key(null, id)) : own;
  }

  /** No scope may have two default storages. Without one, the execution system's own serves. */
  private static void checkDefaults(
      List<Defined<StorageSystem>> storageSystems, DefinitionProblems problems) {
    Set<Optional<String>> scopes = new LinkedHashSet<>();
    storageSystems.forEach(it -> scopes.add(Optional.ofNullable(it.value().tenantId())));
    for (Optional<String> scope : scopes) {
      List<Defined<StorageSystem>> defaults =
          storageSystems.stream()
              .filter(it -> it.value().isDefault())
              .filter(it -> Optional.ofNullable(it.value().tenantId()).equals(scope))
              .toList();
      String tenants = scope.map(tenant -> "the tenant " + tenant).orElse("all tenants");
      defaults.stream()
          .skip(1)
          .forEach(
              it ->
                  problems.add(
                      it.source(),
                      "default",
                      "true",
                      "must be true for one storage system of %s only, and is for %s already"
                          .formatted(tenants, defaults.get(0).value().id())));
    }
  }
}
