package io.jobs4j.core.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An application that jobs can run (the part of Agave's app definition that jobs need).
 *
 * @param id name and version with a hyphen between them
 * @param uuid unique application id
 * @param name at most 64 characters
 * @param version at most 16 characters
 * @param tenantId the only tenant that sees it; {@code null} for all
 * @param owner who defined it; {@code null} if nobody in particular
 * @param publiclyAvailable whether others than the owner may run it
 * @param available whether it may be run at present
 * @param executionSystem id of the system it runs on
 * @param parallelism how it uses processors
 * @param deploymentSystem storage system of its files; {@code null} for the execution system
 * @param deploymentPath directory of its files there
 * @param templatePath its wrapper template, relative to {@code deploymentPath}
 * @param modules environment modules to load before it runs
 * @param defaultNodeCount nodes when a request says nothing
 * @param defaultProcessorsPerNode processors on each node when a request says nothing
 * @param defaultMemoryPerNode memory on each node when a request says nothing
 * @param defaultMaxRunTime longest run time when a request says nothing; zero for no limit
 * @param defaultQueue queue when a request says nothing
 * @param inputs the inputs it takes
 * @param parameters the parameters it takes
 * @param maxJobs most active jobs of it; -1 for no limit
 */
public record App(
    String id,
    String uuid,
    String name,
    String version,
    @Nullable String tenantId,
    @Nullable String owner,
    boolean publiclyAvailable,
    boolean available,
    String executionSystem,
    Parallelism parallelism,
    @Nullable String deploymentSystem,
    String deploymentPath,
    String templatePath,
    List<String> modules,
    @Nullable Integer defaultNodeCount,
    @Nullable Integer defaultProcessorsPerNode,
    @Nullable Memory defaultMemoryPerNode,
    @Nullable Duration defaultMaxRunTime,
    @Nullable String defaultQueue,
    List<AppInput> inputs,
    List<AppParameter> parameters,
    int maxJobs) {
  /**
   * An application.
   *
   * @throws IllegalArgumentException if {@code defaultMaxRunTime} is negative or longer than {@link
   *     RunTimes#LONGEST}
   */
  public App {
    if (defaultMaxRunTime != null) {
      RunTimes.requireLimit("defaultMaxRunTime", defaultMaxRunTime);
    }
    modules = List.copyOf(modules);
    inputs = List.copyOf(inputs);
    parameters = List.copyOf(parameters);
  }

  /** How an application uses processors. */
  public enum Parallelism {
    SERIAL,
    PARALLEL,
    PTHREAD
  }

  /** Whether {@code user} may run it. */
  public boolean runnableBy(String user) {
    return publiclyAvailable || owner == null || owner.equals(user);
  }
}
