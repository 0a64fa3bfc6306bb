package io.jobs4j.core.lifecycle;

import static io.jobs4j.core.lifecycle.JobStatus.ACCEPTED;
import static io.jobs4j.core.lifecycle.JobStatus.ARCHIVING;
import static io.jobs4j.core.lifecycle.JobStatus.BLOCKED;
import static io.jobs4j.core.lifecycle.JobStatus.CLEANING_UP;
import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.FINISHED;
import static io.jobs4j.core.lifecycle.JobStatus.PAUSED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.core.lifecycle.JobStatus.PROCESSING_INPUTS;
import static io.jobs4j.core.lifecycle.JobStatus.QUEUED;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static io.jobs4j.core.lifecycle.JobStatus.STAGED;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_INPUTS;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_JOB;
import static io.jobs4j.core.lifecycle.JobStatus.STOPPED;
import static io.jobs4j.core.lifecycle.JobStatus.SUBMITTING;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The legal changes of a job's state, as one table. The forward column is written out; the changes
 * that every active state shares (to itself with a new message, {@code BLOCKED}, {@code PAUSED},
 * {@code FAILED}, {@code STOPPED}) are added when the class loads, which also checks the table: no
 * pair twice, no way out of a terminal state, every state reachable.
 *
 * <p>{@code BLOCKED} and {@code PAUSED} lead back to where the job was, so for them the table alone
 * does not decide: {@link #check} also wants the state that the job was held in.
 */
public final class JobTransitions {
  private static final Map<JobStatus, Set<JobStatus>> FORWARD =
      new Table()
          .row(ACCEPTED, PENDING, FAILED)
          .row(PENDING, PROCESSING_INPUTS)
          .row(PROCESSING_INPUTS, STAGING_INPUTS, STAGED)
          .row(STAGING_INPUTS, STAGED)
          .row(STAGED, STAGING_JOB)
          .row(STAGING_JOB, SUBMITTING)
          .row(SUBMITTING, QUEUED, RUNNING)
          .row(QUEUED, RUNNING, CLEANING_UP)
          .row(RUNNING, QUEUED, CLEANING_UP)
          .row(CLEANING_UP, ARCHIVING, FINISHED)
          .row(ARCHIVING, FINISHED)
          .rows;

  private static final Map<JobStatus, Set<JobStatus>> LEGAL = complete(FORWARD);

  private static final List<JobStatus> LONGEST_PATH = longestPath(FORWARD);

  private JobTransitions() {}

  /**
   * The states that may follow {@code from}. For {@code BLOCKED} and {@code PAUSED} these are all
   * the states a job can resume in; see {@link #check} for the one that a given job may.
   */
  public static Set<JobStatus> from(JobStatus from) {
    return LEGAL.getOrDefault(from, Set.of());
  }

  /**
   * The states of a job that has something to do in each: with inputs, seen in a queue and running,
   * its output archived. From {@code ACCEPTED} to {@code FINISHED}, as a display of progress shows
   * them; other jobs leave some out, and one that is requeued goes back.
   */
  public static List<JobStatus> longestPath() {
    return LONGEST_PATH;
  }

  /**
   * Refuses an illegal change.
   *
   * @param jobId the job, for the message
   * @param from the stored state
   * @param to the wanted state
   * @param heldIn the active state that a {@code BLOCKED} or {@code PAUSED} job was in before;
   *     {@code null} for a job in any other state
   * @throws IllegalTransitionException if the table has no such change, or if it would resume the
   *     job in another state than the one it was held in
   */
  public static void check(String jobId, JobStatus from, JobStatus to, @Nullable JobStatus heldIn) {
    boolean resumes = (from == BLOCKED || from == PAUSED) && to.isActive();
    if (!from(from).contains(to) || (resumes && to != heldIn)) {
      throw new IllegalTransitionException(jobId, from, to);
    }
  }

  /** States are declared in the order of the path, so what follows next is the first behind. */
  private static List<JobStatus> longestPath(Map<JobStatus, Set<JobStatus>> forward) {
    List<JobStatus> path = new ArrayList<>();
    for (JobStatus at = ACCEPTED; at != null; at = nextOf(at, forward)) {
      path.add(at);
    }
    return List.copyOf(path);
  }

  private static @Nullable JobStatus nextOf(
      JobStatus from, Map<JobStatus, Set<JobStatus>> forward) {
    return forward.getOrDefault(from, Set.of()).stream()
        .filter(to -> to.compareTo(from) > 0)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static Map<JobStatus, Set<JobStatus>> complete(Map<JobStatus, Set<JobStatus>> forward) {
    Map<JobStatus, Set<JobStatus>> table = new EnumMap<>(JobStatus.class);
    Set<JobStatus> held = EnumSet.noneOf(JobStatus.class);
    forward.forEach(
        (from, targets) -> {
          Set<JobStatus> all = EnumSet.copyOf(targets);
          if (from != ACCEPTED) {
            held.add(from);
            all.addAll(EnumSet.of(from, BLOCKED, PAUSED, FAILED, STOPPED));
          }
          table.put(from, Collections.unmodifiableSet(all));
        });
    table.put(BLOCKED, union(held, PAUSED, FAILED, STOPPED));
    table.put(PAUSED, union(held, FAILED, STOPPED));
    requireSound(table);
    return Collections.unmodifiableMap(table);
  }

  private static Set<JobStatus> union(Set<JobStatus> held, JobStatus... more) {
    Set<JobStatus> all = EnumSet.copyOf(held);
    Collections.addAll(all, more);
    return Collections.unmodifiableSet(all);
  }

  /** Throws if the table breaks one of the rules in the class comment. */
  static void requireSound(Map<JobStatus, Set<JobStatus>> table) {
    Set<JobStatus> reached = EnumSet.of(ACCEPTED);
    Deque<JobStatus> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      for (JobStatus next : table.getOrDefault(open.remove(), Set.of())) {
        if (reached.add(next)) {
          open.add(next);
        }
      }
    }
    for (JobStatus status : JobStatus.values()) {
      boolean leaves = !table.getOrDefault(status, Set.of()).isEmpty();
      if (leaves == status.isTerminal()) {
        throw new IllegalStateException(
            status + (leaves ? " is terminal and has a way out" : " has no way out"));
      }
      if (!reached.contains(status)) {
        throw new IllegalStateException(status + " cannot be reached from " + ACCEPTED);
      }
    }
  }

  /** Collects rows and rejects a pair that is given twice. */
  static final class Table {
    final Map<JobStatus, Set<JobStatus>> rows = new EnumMap<>(JobStatus.class);

    Table row(JobStatus from, JobStatus... targets) {
      for (JobStatus to : targets) {
        if (!rows.computeIfAbsent(from, key -> EnumSet.noneOf(JobStatus.class)).add(to)) {
          throw new IllegalStateException(from + " to " + to + " is in the table twice");
        }
      }
      return this;
    }
  }
}
