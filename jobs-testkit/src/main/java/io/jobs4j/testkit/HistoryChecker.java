package io.jobs4j.testkit;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.IllegalTransitionException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.sdk.JobsClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks that a history is one that a job can have. Stateless. */
public final class HistoryChecker {
  private HistoryChecker() {}

  /**
   * Checks the whole history of a job: it begins with {@code ACCEPTED}, its sequence numbers have
   * no gap, its times do not go back, and each change of state is in the table.
   *
   * @return the states in the order in which the job came to them
   * @throws AssertionError naming the first entry that cannot be
   */
  public static List<JobStatus> check(List<HistoryEvent> history) {
    List<JobStatus> states = new ArrayList<>();
    JobStatus heldIn = null;
    HistoryEvent last = null;
    for (HistoryEvent event : history) {
      long expected = last == null ? 1 : last.sequence() + 1;
      require(event.sequence() == expected, event, "has another sequence number than " + expected);
      require(
          last == null || !event.created().isBefore(last.created()),
          event,
          "is older than the one before");
      JobStatus status = event.status().status().orElse(null);
      last = event;
      if (status == null) {
        continue;
      }
      if (states.isEmpty()) {
        require(status == JobStatus.ACCEPTED, event, "is not ACCEPTED");
        states.add(status);
        continue;
      }
      JobStatus from = states.get(states.size() - 1);
      requireLegal(event, from, status, heldIn);
      if (status != from) {
        if (status.isActive() || status.isTerminal()) {
          heldIn = null;
        } else if (from.isActive()) {
          heldIn = from;
        }
        states.add(status);
      }
    }
    return states;
  }

  /**
   * Checks the whole history of a job that is over.
   *
   * @return the states in the order in which the job came to them
   * @throws AssertionError naming the first entry that cannot be, or saying that the job is not
   *     over
   */
  public static List<JobStatus> checkEnded(List<HistoryEvent> history) {
    List<JobStatus> states = check(history);
    if (states.isEmpty() || !states.get(states.size() - 1).isTerminal()) {
      throw new AssertionError("the job is not over: " + states);
    }
    return states;
  }

  /**
   * Checks the whole histories of many jobs that are over.
   *
   * @param histories by job id
   * @throws AssertionError with what is wrong with each history that cannot be or is not over, a
   *     line for each
   */
  public static void checkAllEnded(Map<String, List<HistoryEvent>> histories) {
    checkAllEnded(histories.keySet(), id -> histories.getOrDefault(id, List.of()));
  }

  /**
   * Checks the whole histories of many jobs that are over.
   *
   * @param client a client of the jobs' owner
   * @param jobIds which jobs
   * @throws AssertionError with what is wrong with each job that does not exist, or whose history
   *     cannot be or is not over, a line for each
   */
  public static void checkAllEnded(JobsClient client, Collection<String> jobIds) {
    checkAllEnded(jobIds, client::history);
  }

  private static void checkAllEnded(
      Collection<String> jobIds, Function<String, List<HistoryEvent>> histories) {
    List<Throwable> violations = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (String id : jobIds) {
      try {
        checkEnded(histories.apply(id));
      } catch (AssertionError | JobsException e) {
        violations.add(e);
        lines.add(id + ": " + e.getMessage());
      }
    }
    if (!lines.isEmpty()) {
      AssertionError all =
          new AssertionError(
              "%s of %s jobs:%n%s"
                  .formatted(lines.size(), jobIds.size(), String.join("\n", lines)));
      violations.forEach(all::addSuppressed);
      throw all;
    }
  }

  private static void requireLegal(
      HistoryEvent event, JobStatus from, JobStatus to, @Nullable JobStatus heldIn) {
    try {
      JobTransitions.check("with entry " + event.sequence(), from, to, heldIn);
    } catch (IllegalTransitionException e) {
      throw new AssertionError(event + " cannot be: " + e.getMessage(), e);
    }
  }

  private static void require(boolean holds, HistoryEvent event, String what) {
    if (!holds) {
      throw new AssertionError(event + " " + what);
    }
  }
}
