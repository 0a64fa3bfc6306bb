package io.jobs4j.core.model;

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
}
