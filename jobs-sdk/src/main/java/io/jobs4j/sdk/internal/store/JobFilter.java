package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import java.util.Set;

/**
 * Which jobs of an owner to list.
 *
 * @param statuses only in these states; all if empty
 * @param hidden whether hidden jobs are among them
 * @param ascending oldest first
 * @param offset how many to pass over
 * @param limit how many at most
 */
public record JobFilter(
    Set<JobStatus> statuses, boolean hidden, boolean ascending, int offset, int limit) {}
