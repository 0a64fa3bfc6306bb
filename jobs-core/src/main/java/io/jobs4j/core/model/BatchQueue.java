package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Texts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A queue of an execution system (Agave, system definition, {@code queues}). A limit of -1 means
 * none.
 *
 * @param name how requests name it
 * @param mappedName the scheduler's own name for it, if another
 * @param maxJobs most active jobs
 * @param maxUserJobs most active jobs of one user
 * @param maxNodes most nodes of a job
 * @param maxProcessorsPerNode most processors on each node
 * @param maxMemoryPerNode most memory on each node; {@code null} for no limit
 * @param maxRequestedTime longest run time; {@code null} for no limit
 * @param customDirectives lines for the scheduler's batch script
 * @param isDefault whether jobs that name no queue go here
 */
public record BatchQueue(
    String name,
    @Nullable String mappedName,
    int maxJobs,
    int maxUserJobs,
    int maxNodes,
    int maxProcessorsPerNode,
    @Nullable Memory maxMemoryPerNode,
    @Nullable Duration maxRequestedTime,
    @Nullable String customDirectives,
    boolean isDefault) {

  /** The name that the scheduler knows. */
  public String effectiveName() {
    return mappedName == null ? name : mappedName;
  }

  /** A builder of a queue without limits. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Builds queues. Not safe for use by several threads. */
  public static final class Builder {
    private final String name;
    private @Nullable String mappedName;
    private int maxJobs = -1;
    private int maxUserJobs = -1;
    private int maxNodes = -1;
    private int maxProcessorsPerNode = -1;
    private @Nullable Memory maxMemoryPerNode;
    private @Nullable Duration maxRequestedTime;
    private @Nullable String customDirectives;
    private boolean isDefault;

    private Builder(String name) {
      this.name = name;
    }

    public Builder mappedName(@Nullable String value) {
      this.mappedName = value;
      return this;
    }

    public Builder maxJobs(int value) {
      this.maxJobs = value;
      return this;
    }

    public Builder maxUserJobs(int value) {
      this.maxUserJobs = value;
      return this;
    }

    public Builder maxNodes(int value) {
      this.maxNodes = value;
      return this;
    }

    public Builder maxProcessorsPerNode(int value) {
      this.maxProcessorsPerNode = value;
      return this;
    }

    public Builder maxMemoryPerNode(@Nullable Memory value) {
      this.maxMemoryPerNode = value;
      return this;
    }

    public Builder maxRequestedTime(@Nullable Duration value) {
      this.maxRequestedTime = value;
      return this;
    }

    public Builder customDirectives(@Nullable String value) {
      this.customDirectives = value;
      return this;
    }

    public Builder isDefault(boolean value) {
      this.isDefault = value;
      return this;
    }

    /**
     * Returns the queue.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public BatchQueue build() {
      return build(DefinitionCheck.refusing("queue " + name));
    }

    /** Returns the queue, right or wrong, and tells all that is wrong with it. */
    public BatchQueue build(FieldProblems problems) {
      DefinitionCheck check = new DefinitionCheck(problems);
      check.requiredLine("name", name, Texts.LONGEST_QUEUE);
      check.line("mappedName", mappedName, Texts.LONGEST_QUEUE);
      check.text("customDirectives", customDirectives, 16384);
      check.limit("maxJobs", maxJobs);
      check.limit("maxUserJobs", maxUserJobs);
      check.limit("maxNodes", maxNodes);
      check.limit("maxProcessorsPerNode", maxProcessorsPerNode);
      if (maxJobs != -1 && maxUserJobs > maxJobs) {
        check.wrong(
            "maxUserJobs",
            maxUserJobs,
            "must be less than the maxJobs for this queue, or equal to it: " + maxJobs);
      }
      if (maxRequestedTime != null
          && (maxRequestedTime.isZero() || !RunTimes.isLimit(maxRequestedTime))) {
        check.wrong(
            "maxRequestedTime",
            maxRequestedTime.toString(),
            "must be above zero, and no longer than " + RunTimes.LONGEST);
      }
      return new BatchQueue(
          name,
          mappedName,
          maxJobs,
          maxUserJobs,
          maxNodes,
          maxProcessorsPerNode,
          maxMemoryPerNode,
          maxRequestedTime,
          customDirectives,
          isDefault);
    }
  }
}
