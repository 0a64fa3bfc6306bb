package io.jobs4j.core.spi;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Memory;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a scheduler needs to run a job. The script is in the work directory already.
 *
 * <p>The script finds the key of its attempt in the variable {@code JOBS4J_ATTEMPT}. If it has
 * something to prepare, it notes in {@code .jobs4j/KEY.stage} of the work directory how far it is:
 * the first word of the only line is {@code startup}, {@code modules} or {@code application}. A
 * scheduler reads that note once the script has ended by itself or by a signal, and where it says
 * one of the first two, the cause of the end is {@link RemoteStatus.Cause#STARTUP_SCRIPT} or {@link
 * RemoteStatus.Cause#MODULES}, whatever the script returned.
 *
 * @param attempt what is launched, at most once
 * @param name short name of letters, digits and hyphens
 * @param script file name of the script that {@code sh} runs in the work directory
 * @param output file name for standard output in the work directory
 * @param error file name for standard error in the work directory
 * @param nodeCount nodes
 * @param processorsPerNode processors on each node
 * @param memoryPerNode memory on each node; {@code null} if none was asked for
 * @param maxRunTime after which the job is ended, above zero; {@code null} for no limit
 * @param queue where to; {@code null} if the system has no queues
 * @param environment variables for the job
 */
public record LaunchSpec(
    Attempt attempt,
    String name,
    String script,
    String output,
    String error,
    int nodeCount,
    int processorsPerNode,
    @Nullable Memory memoryPerNode,
    @Nullable Duration maxRunTime,
    @Nullable BatchQueue queue,
    Map<String, String> environment) {
  /**
   * What a scheduler needs.
   *
   * @throws IllegalArgumentException if the limit of the run time is not above zero
   */
  public LaunchSpec {
    if (maxRunTime != null && (maxRunTime.isZero() || maxRunTime.isNegative())) {
      throw new IllegalArgumentException("maxRunTime must be above zero, not " + maxRunTime);
    }
    environment = Map.copyOf(environment);
  }

  /**
   * A builder for an attempt: of one process on one node, without limits, queue and variables,
   * unless something else is set.
   */
  public static Builder builder(Attempt attempt) {
    return new Builder(attempt);
  }

  /** A builder that starts from this. */
  public Builder toBuilder() {
    return builder(attempt)
        .name(name)
        .script(script)
        .output(output)
        .error(error)
        .nodeCount(nodeCount)
        .processorsPerNode(processorsPerNode)
        .memoryPerNode(memoryPerNode)
        .maxRunTime(maxRunTime)
        .queue(queue)
        .environment(environment);
  }

  /** Builds what a scheduler needs. Not safe for use by several threads. */
  public static final class Builder {
    private Attempt attempt;
    private @Nullable String name;
    private @Nullable String script;
    private @Nullable String output;
    private @Nullable String error;
    private int nodeCount = 1;
    private int processorsPerNode = 1;
    private @Nullable Memory memoryPerNode;
    private @Nullable Duration maxRunTime;
    private @Nullable BatchQueue queue;
    private Map<String, String> environment = Map.of();

    private Builder(Attempt attempt) {
      this.attempt = attempt;
    }

    public Builder attempt(Attempt value) {
      this.attempt = value;
      return this;
    }

    public Builder name(String value) {
      this.name = value;
      return this;
    }

    public Builder script(String value) {
      this.script = value;
      return this;
    }

    public Builder output(String value) {
      this.output = value;
      return this;
    }

    public Builder error(String value) {
      this.error = value;
      return this;
    }

    public Builder nodeCount(int value) {
      this.nodeCount = value;
      return this;
    }

    public Builder processorsPerNode(int value) {
      this.processorsPerNode = value;
      return this;
    }

    public Builder memoryPerNode(@Nullable Memory value) {
      this.memoryPerNode = value;
      return this;
    }

    public Builder maxRunTime(@Nullable Duration value) {
      this.maxRunTime = value;
      return this;
    }

    public Builder queue(@Nullable BatchQueue value) {
      this.queue = value;
      return this;
    }

    public Builder environment(Map<String, String> value) {
      this.environment = value;
      return this;
    }

    /**
     * What was set. Name, script, output and error must be.
     *
     * @throws NullPointerException naming such a part if it is not
     * @throws IllegalArgumentException if the limit of the run time is not above zero
     */
    public LaunchSpec build() {
      return new LaunchSpec(
          attempt,
          Objects.requireNonNull(name, "name"),
          Objects.requireNonNull(script, "script"),
          Objects.requireNonNull(output, "output"),
          Objects.requireNonNull(error, "error"),
          nodeCount,
          processorsPerNode,
          memoryPerNode,
          maxRunTime,
          queue,
          environment);
    }
  }
}
