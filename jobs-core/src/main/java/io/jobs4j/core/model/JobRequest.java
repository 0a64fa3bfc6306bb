package io.jobs4j.core.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish to have a job run (Aloe, "Submission Request Parameters"). Nothing is checked here: a
 * request says what a user said, right or wrong, and submission answers with all its problems.
 *
 * @param name name of the job, required, at most 64 characters
 * @param appId name and version of the application, required, at most 80 characters
 * @param batchQueue queue of the execution system, at most 255 characters
 * @param nodeCount nodes
 * @param processorsPerNode deprecated: total number of processors
 * @param processorsOnEachNode processors on each node
 * @param memoryPerNode memory on each node as number and unit (KB, MB, GB, TB; GB if none)
 * @param maxRunTime longest run time as {@code HH:mm:ss}
 * @param archive whether to archive output
 * @param archiveOnAppError whether to archive output even if the application fails
 * @param archivePath where on the archive system, at most 255 characters
 * @param archiveSystem storage system for the output, at most 64 characters
 * @param inputs paths or URIs by input key
 * @param parameters values by parameter key: strings, numbers, booleans or lists of them
 * @param notifications who wants to be told of what
 */
public record JobRequest(
    @Nullable String name,
    @Nullable String appId,
    @Nullable String batchQueue,
    @Nullable Integer nodeCount,
    @Nullable Integer processorsPerNode,
    @Nullable Integer processorsOnEachNode,
    @Nullable String memoryPerNode,
    @Nullable String maxRunTime,
    @Nullable Boolean archive,
    @Nullable Boolean archiveOnAppError,
    @Nullable String archivePath,
    @Nullable String archiveSystem,
    Map<String, List<String>> inputs,
    Map<String, Object> parameters,
    List<NotificationRequest> notifications) {
  public JobRequest {
    inputs = OrderedCopy.ofInputs(inputs);
    parameters = OrderedCopy.ofParameters(parameters);
    notifications = List.copyOf(notifications);
  }

  /** A builder of a request for {@code appId} under {@code name}. */
  public static Builder builder(String name, String appId) {
    return new Builder().name(name).appId(appId);
  }

  /** A builder of a request that says nothing yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds requests. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable String name;
    private @Nullable String appId;
    private @Nullable String batchQueue;
    private @Nullable Integer nodeCount;
    private @Nullable Integer processorsPerNode;
    private @Nullable Integer processorsOnEachNode;
    private @Nullable String memoryPerNode;
    private @Nullable String maxRunTime;
    private @Nullable Boolean archive;
    private @Nullable Boolean archiveOnAppError;
    private @Nullable String archivePath;
    private @Nullable String archiveSystem;
    private final Map<String, List<String>> inputs = new LinkedHashMap<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final List<NotificationRequest> notifications = new ArrayList<>();

    private Builder() {}

    public Builder name(@Nullable String value) {
      this.name = value;
      return this;
    }

    public Builder appId(@Nullable String value) {
      this.appId = value;
      return this;
    }

    public Builder batchQueue(@Nullable String value) {
      this.batchQueue = value;
      return this;
    }

    public Builder nodeCount(@Nullable Integer value) {
      this.nodeCount = value;
      return this;
    }

    public Builder processorsPerNode(@Nullable Integer value) {
      this.processorsPerNode = value;
      return this;
    }

    public Builder processorsOnEachNode(@Nullable Integer value) {
      this.processorsOnEachNode = value;
      return this;
    }

    public Builder memoryPerNode(@Nullable String value) {
      this.memoryPerNode = value;
      return this;
    }

    public Builder maxRunTime(@Nullable String value) {
      this.maxRunTime = value;
      return this;
    }

    public Builder archive(@Nullable Boolean value) {
      this.archive = value;
      return this;
    }

    public Builder archiveOnAppError(@Nullable Boolean value) {
      this.archiveOnAppError = value;
      return this;
    }

    public Builder archivePath(@Nullable String value) {
      this.archivePath = value;
      return this;
    }

    public Builder archiveSystem(@Nullable String value) {
      this.archiveSystem = value;
      return this;
    }

    /**
     * The longest run time, rounded up to whole seconds.
     *
     * @throws IllegalArgumentException if it is negative or longer than 9999:59:59
     */
    public Builder maxRunTime(Duration value) {
      RunTimes.requireLimit("maxRunTime", value);
      return maxRunTime(RunTimes.format(value.plusNanos(999_999_999)));
    }

    /** The paths or URIs of one input; replaces what was given for the key. */
    public Builder input(String key, String... values) {
      inputs.put(key, List.of(values));
      return this;
    }

    /** The paths or URIs of one input; replaces what was given for the key. */
    public Builder input(String key, List<String> values) {
      inputs.put(key, List.copyOf(values));
      return this;
    }

    /**
     * One parameter; replaces what was given for the key.
     *
     * @param value a string, number, boolean or list of them
     */
    public Builder parameter(String key, Object value) {
      parameters.put(key, value instanceof List<?> list ? List.copyOf(list) : value);
      return this;
    }

    /** One more notification that ends with the first event it fires for. */
    public Builder notification(String event, String url) {
      return notification(new NotificationRequest(event, url, false));
    }

    /** One more notification. */
    public Builder notification(NotificationRequest request) {
      notifications.add(request);
      return this;
    }

    public JobRequest build() {
      return new JobRequest(
          name,
          appId,
          batchQueue,
          nodeCount,
          processorsPerNode,
          processorsOnEachNode,
          memoryPerNode,
          maxRunTime,
          archive,
          archiveOnAppError,
          archivePath,
          archiveSystem,
          inputs,
          parameters,
          notifications);
    }
  }
}
