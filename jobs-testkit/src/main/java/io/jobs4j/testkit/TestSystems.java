package io.jobs4j.testkit;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Systems and apps below one directory of this machine: the storage system {@value #STORAGE} in
 * {@code storage}, the execution system {@value #EXECUTION} with scheduler FORK in {@code
 * execution}, and whatever apps a test adds. Not safe for use by several threads while it is built.
 */
public final class TestSystems {
  /** Where inputs come from and archives go to. */
  public static final String STORAGE = "storage";

  /** Where jobs run. */
  public static final String EXECUTION = "execution";

  private final Path directory;
  private final List<App> apps = new ArrayList<>();
  private final List<BatchQueue> queues = new ArrayList<>();
  private int maxAppJobs = -1;
  private int maxSystemJobs = -1;
  private int maxSystemJobsPerUser = -1;

  private TestSystems(Path directory) {
    this.directory = directory;
  }

  /** Systems below {@code directory}, which are made. */
  public static TestSystems in(Path directory) {
    TestSystems systems = new TestSystems(directory);
    try {
      Files.createDirectories(systems.storage());
      Files.createDirectories(systems.execution());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return systems;
  }

  /** The root of the storage system. */
  public Path storage() {
    return directory.resolve("storage");
  }

  /** The root of the execution system. */
  public Path execution() {
    return directory.resolve("execution");
  }

  /** Adds an app without inputs and parameters; see the longer form. */
  public TestSystems app(String name, String template) {
    return app(name, template, List.of(), List.of());
  }

  /**
   * Adds the app {@code name-1.0}.
   *
   * @param template its wrapper template
   */
  public TestSystems app(
      String name, String template, List<AppInput> inputs, List<AppParameter> parameters) {
    Path deployment = storage().resolve("apps").resolve(name);
    try {
      Files.createDirectories(deployment);
      // In one step: an engine of another process may be reading it.
      Path written = Files.createTempFile(directory, name, ".sh");
      Files.writeString(written, template);
      Files.move(written, deployment.resolve("wrapper.sh"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    App.Builder app =
        App.builder(name, "1.0", EXECUTION, "/apps/" + name, "wrapper.sh")
            .uuid(name + "-uuid")
            .publiclyAvailable(true)
            .parallelism(App.Parallelism.PARALLEL)
            .deploymentSystem(STORAGE)
            .maxJobs(maxAppJobs);
    inputs.forEach(app::input);
    parameters.forEach(app::parameter);
    apps.add(app.build());
    return this;
  }

  /** Limits the active jobs of each app that is added from here on; -1 for no limit. */
  public TestSystems appLimit(int maxJobs) {
    maxAppJobs = maxJobs;
    return this;
  }

  /**
   * Adds a queue to the execution system; jobs that name none go to the first.
   *
   * @param maxJobs most active jobs in it; -1 for no limit
   * @param maxUserJobs most active jobs of each user in it; -1 for no limit
   */
  public TestSystems queue(String name, int maxJobs, int maxUserJobs) {
    queues.add(
        BatchQueue.builder(name)
            .maxJobs(maxJobs)
            .maxUserJobs(maxUserJobs)
            .isDefault(queues.isEmpty())
            .build());
    return this;
  }

  /** Limits the active jobs on the execution system, of all and of each user; -1 for no limit. */
  public TestSystems limits(int all, int perUser) {
    maxSystemJobs = all;
    maxSystemJobsPerUser = perUser;
    return this;
  }

  /** An input that a job may have. */
  public static AppInput input(String key) {
    return AppInput.builder(key).minCardinality(0).maxCardinality(-1).build();
  }

  /** A string parameter that a job may have. */
  public static AppParameter parameter(String key) {
    return AppParameter.builder(key, AppParameter.Type.STRING)
        .required(false)
        .maxCardinality(-1)
        .build();
  }

  /** All of it. */
  public Catalog catalog() {
    ExecutionSystem.Builder execution =
        ExecutionSystem.builder(
                EXECUTION, "FORK", LoginAccess.builder("LOCAL").build(), local(execution()))
            .scratchDir("/scratch")
            .maxSystemJobs(maxSystemJobs)
            .maxSystemJobsPerUser(maxSystemJobsPerUser);
    queues.forEach(execution::queue);
    return DefinitionCatalog.of(
        apps,
        List.of(execution.build()),
        List.of(StorageSystem.builder(STORAGE, local(storage())).isDefault(true).build()));
  }

  private static StorageAccess local(Path root) {
    return StorageAccess.builder("LOCAL", root.toAbsolutePath().toString()).build();
  }
}
