package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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

  /**
   * A builder of an application that every tenant sees, and that everybody may run if it has no
   * owner.
   *
   * @param executionSystem id of the system it runs on
   * @param deploymentPath directory of its files, on the execution system if nothing is said
   * @param templatePath its wrapper template, relative to {@code deploymentPath}
   */
  public static Builder builder(
      String name,
      String version,
      String executionSystem,
      String deploymentPath,
      String templatePath) {
    return new Builder(name, version, executionSystem, deploymentPath, templatePath);
  }

  /** Builds applications. Not safe for use by several threads. */
  public static final class Builder {
    private final String name;
    private final String version;
    private final String executionSystem;
    private final String deploymentPath;
    private final String templatePath;
    private @Nullable String uuid;
    private @Nullable String tenantId;
    private @Nullable String owner;
    private boolean publiclyAvailable;
    private boolean available = true;
    private Parallelism parallelism = Parallelism.SERIAL;
    private @Nullable String deploymentSystem;
    private List<String> modules = List.of();
    private @Nullable Integer defaultNodeCount;
    private @Nullable Integer defaultProcessorsPerNode;
    private @Nullable Memory defaultMemoryPerNode;
    private @Nullable Duration defaultMaxRunTime;
    private @Nullable String defaultQueue;
    private final List<AppInput> inputs = new ArrayList<>();
    private final List<AppParameter> parameters = new ArrayList<>();
    private int maxJobs = -1;

    private Builder(
        String name,
        String version,
        String executionSystem,
        String deploymentPath,
        String templatePath) {
      this.name = name;
      this.version = version;
      this.executionSystem = executionSystem;
      this.deploymentPath = deploymentPath;
      this.templatePath = templatePath;
    }

    /** Its unique id; if nothing is said, one that follows from tenant, name and version. */
    public Builder uuid(@Nullable String value) {
      this.uuid = value;
      return this;
    }

    public Builder tenantId(@Nullable String value) {
      this.tenantId = value;
      return this;
    }

    public Builder owner(@Nullable String value) {
      this.owner = value;
      return this;
    }

    public Builder publiclyAvailable(boolean value) {
      this.publiclyAvailable = value;
      return this;
    }

    public Builder available(boolean value) {
      this.available = value;
      return this;
    }

    public Builder parallelism(Parallelism value) {
      this.parallelism = value;
      return this;
    }

    public Builder deploymentSystem(@Nullable String value) {
      this.deploymentSystem = value;
      return this;
    }

    public Builder modules(String... values) {
      return modules(List.of(values));
    }

    public Builder modules(List<String> values) {
      this.modules = List.copyOf(values);
      return this;
    }

    public Builder defaultNodeCount(@Nullable Integer value) {
      this.defaultNodeCount = value;
      return this;
    }

    public Builder defaultProcessorsPerNode(@Nullable Integer value) {
      this.defaultProcessorsPerNode = value;
      return this;
    }

    public Builder defaultMemoryPerNode(@Nullable Memory value) {
      this.defaultMemoryPerNode = value;
      return this;
    }

    /**
     * The longest run time when a request says nothing; zero for no limit.
     *
     * @throws IllegalArgumentException if it is negative or longer than 9999:59:59
     */
    public Builder defaultMaxRunTime(@Nullable Duration value) {
      if (value != null) {
        RunTimes.requireLimit("defaultMaxRunTime", value);
      }
      this.defaultMaxRunTime = value;
      return this;
    }

    public Builder defaultQueue(@Nullable String value) {
      this.defaultQueue = value;
      return this;
    }

    /** One more input. */
    public Builder input(AppInput input) {
      inputs.add(input);
      return this;
    }

    /** One more parameter. */
    public Builder parameter(AppParameter parameter) {
      parameters.add(parameter);
      return this;
    }

    public Builder maxJobs(int value) {
      this.maxJobs = value;
      return this;
    }

    /**
     * Returns the application.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public App build() {
      return build(DefinitionCheck.refusing("app " + id()));
    }

    /** Returns the application, right or wrong, and tells all that is wrong with it. */
    public App build(FieldProblems problems) {
      check(new DefinitionCheck(problems));
      return new App(
          id(),
          uuid == null ? uuidOf(tenantId, id()) : uuid,
          name,
          version,
          tenantId,
          owner,
          publiclyAvailable,
          available,
          executionSystem,
          parallelism,
          deploymentSystem,
          deploymentPath,
          templatePath,
          modules,
          defaultNodeCount,
          defaultProcessorsPerNode,
          defaultMemoryPerNode,
          defaultMaxRunTime,
          defaultQueue,
          inputs,
          parameters,
          maxJobs);
    }

    private String id() {
      return name + "-" + version;
    }

    /** The same for the same application whenever and wherever it is defined. */
    private static String uuidOf(@Nullable String tenantId, String id) {
      String name = (tenantId == null ? "" : tenantId) + "/" + id;
      return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private void check(DefinitionCheck check) {
      check.requiredLine("name", name, 64);
      check.requiredLine("version", version, 16);
      check.requiredLine("executionSystem", executionSystem, Texts.LONGEST_ID);
      check.requiredPath("deploymentPath", deploymentPath);
      check.requiredPath("templatePath", templatePath);
      check.line("tenantId", tenantId, Texts.LONGEST_TENANT_ID);
      check.line("uuid", uuid, 64);
      check.line("owner", owner, 64);
      check.line("deploymentSystem", deploymentSystem, Texts.LONGEST_ID);
      for (int i = 0; i < modules.size(); i++) {
        if (Texts.hasControls(modules.get(i))) {
          check.wrong(
              "modules[" + i + "]", modules.get(i), "must be a string without control characters");
        }
      }
      check.from(1, "defaultNodeCount", defaultNodeCount);
      check.from(1, "defaultProcessorsPerNode", defaultProcessorsPerNode);
      check.line("defaultQueue", defaultQueue, Texts.LONGEST_QUEUE);
      check.from(-1, "maxJobs", maxJobs);
      Set<String> keys = new HashSet<>();
      for (int i = 0; i < inputs.size(); i++) {
        checkKey(check, keys, "inputs[" + i + "].key", inputs.get(i).key());
      }
      for (int i = 0; i < parameters.size(); i++) {
        checkKey(check, keys, "parameters[" + i + "].key", parameters.get(i).key());
      }
    }

    private static void checkKey(
        DefinitionCheck check, Set<String> keys, String field, String key) {
      if (!keys.add(key)) {
        check.wrong(field, key, "must be different for each input and parameter of the app");
      }
    }
  }
}
