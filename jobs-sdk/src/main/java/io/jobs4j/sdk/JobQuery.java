package io.jobs4j.sdk;

import io.jobs4j.core.lifecycle.JobStatus;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list: the caller's own, unless an administrator asks for those of others.
 * Immutable; each method returns another query.
 *
 * @param statuses only in these states; all if empty
 * @param hidden whether hidden jobs are listed too
 * @param oldestFirst the order; newest first by default
 * @param offset how many to pass over, 0 by default
 * @param limit how many at most, 100 by default
 * @param after id of the job after which the list goes on; {@code null} to begin at its start,
 *     which is the default
 * @param owner whose jobs; {@code null} for the caller's own, which is the default
 * @param allOwners whether everybody's jobs of the caller's tenant are listed; then {@code owner}
 *     is {@code null}
 */
public record JobQuery(
    Set<JobStatus> statuses,
    boolean hidden,
    boolean oldestFirst,
    int offset,
    int limit,
    @Nullable String after,
    @Nullable String owner,
    boolean allOwners) {
  /** The most jobs that one call lists. */
  public static final int MAX_LIMIT = 1000;

  private static final JobQuery ALL =
      new JobQuery(Set.of(), false, false, 0, 100, null, null, false);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code offset} is negative, {@code limit} is not between 1
   *     and {@link #MAX_LIMIT}, or there is an owner and all are meant
   */
  public JobQuery {
    statuses = Set.copyOf(statuses);
    if (offset < 0) {
      throw new IllegalArgumentException("offset " + offset + " must not be negative");
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit " + limit + " must be from 1 to " + MAX_LIMIT);
    }
    if (allOwners && owner != null) {
      throw new IllegalArgumentException(
          "owner \"" + owner + "\" must be null if the jobs of all owners are listed");
    }
  }

  /** The newest hundred jobs that are not hidden. */
  public static JobQuery all() {
    return ALL;
  }

  /** Only jobs in these states. */
  public JobQuery withStatus(JobStatus... only) {
    return new JobQuery(Set.of(only), hidden, oldestFirst, offset, limit, after, owner, allOwners);
  }

  /** Hidden jobs too. */
  public JobQuery withHidden() {
    return new JobQuery(statuses, true, oldestFirst, offset, limit, after, owner, allOwners);
  }

  /** Oldest first. */
  public JobQuery withOldestFirst() {
    return new JobQuery(statuses, hidden, true, offset, limit, after, owner, allOwners);
  }

  /** Another part of the list. */
  public JobQuery withPage(int newOffset, int newLimit) {
    return new JobQuery(
        statuses, hidden, oldestFirst, newOffset, newLimit, after, owner, allOwners);
  }

  /**
   * The jobs of {@code user}. Only administrators may ask for those of somebody else: {@link
   * JobsClient#list} and {@link JobsClient#count} refuse others.
   */
  public JobQuery withOwner(String user) {
    return new JobQuery(
        statuses, hidden, oldestFirst, offset, limit, after, Objects.requireNonNull(user), false);
  }

  /**
   * Everybody's jobs of the caller's tenant. Only administrators may ask for them: {@link
   * JobsClient#list} and {@link JobsClient#count} refuse others.
   */
  public JobQuery withAllOwners() {
    return new JobQuery(statuses, hidden, oldestFirst, offset, limit, after, null, true);
  }

  /**
   * The part of the list that comes after a job: the last one of the part before. However far that
   * is, it takes no longer, and no job is missed or seen twice while others come and go.
   */
  public JobQuery withAfter(String jobId) {
    return new JobQuery(statuses, hidden, oldestFirst, 0, limit, jobId, owner, allOwners);
  }
}
