package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.lifecycle.JobStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list.
 *
 * @param statuses only in these states; all if empty
 * @param hidden whether hidden jobs are among them
 * @param ascending oldest first
 * @param offset how many to pass over
 * @param limit how many at most
 * @param after UUID of the job after which the list goes on; {@code null} for its start
 */
public record JobFilter(
    Set<JobStatus> statuses,
    boolean hidden,
    boolean ascending,
    int offset,
    int limit,
    @Nullable String after) {}
