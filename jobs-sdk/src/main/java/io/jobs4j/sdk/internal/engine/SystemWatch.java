package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.ExecutionSystem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The watched jobs of one system, and when they are looked at. There is one query at a time. All
 * calls are made with the monitor's lock held.
 */
final class SystemWatch {
  private final ExecutionSystem system;

  /** By attempt key. */
  private final Map<String, WatchedJob> jobs = new HashMap<>();

  /** Keys of jobs to look at now. */
  private final Set<String> changed = new HashSet<>();

  private boolean querying;

  /** When all jobs are looked at. */
  private Instant nextPoll = Instant.MAX;

  /** Queries without an answer in a row. */
  private int failures;

  SystemWatch(ExecutionSystem system) {
    this.system = system;
  }

  /** The system, which needs no lock. */
  ExecutionSystem system() {
    return system;
  }

  /** Watches a job; what comes late from an earlier lease does not count. */
  void add(WatchedJob job) {
    jobs.merge(
        job.key(),
        job,
        (known, late) -> known.lease().fence() > late.lease().fence() ? known : late);
  }

  boolean watches(String key) {
    return jobs.containsKey(key);
  }

  Collection<WatchedJob> jobs() {
    return jobs.values();
  }

  boolean isEmpty() {
    return jobs.isEmpty();
  }

  /** Has a job looked at as soon as no query is under way. */
  void lookAt(String key) {
    changed.add(key);
  }

  /** Has all jobs looked at by {@code time}. */
  void pollBy(Instant time) {
    nextPoll = time.isBefore(nextPoll) ? time : nextPoll;
  }

  /** Whether a query is under way. */
  boolean isQuerying() {
    return querying;
  }

  /** Whether all jobs are to be looked at. */
  boolean isPollDue(Instant now) {
    return !now.isBefore(nextPoll);
  }

  Duration untilPoll(Instant now) {
    return Duration.between(now, nextPoll);
  }

  /** The jobs to look at: all, or those of which something was heard. */
  List<WatchedJob> toLookAt(boolean all) {
    return all ? List.copyOf(jobs.values()) : changed();
  }

  private List<WatchedJob> changed() {
    List<WatchedJob> heard = new ArrayList<>();
    for (String key : changed) {
      WatchedJob job = jobs.get(key);
      if (job != null) {
        heard.add(job);
      }
    }
    return heard;
  }

  /** Notes that a query has begun, which tells of all that was heard until now. */
  void beginQuery() {
    querying = true;
    changed.clear();
  }

  /** Watches a job no more, unless it was taken up again meanwhile. */
  void remove(WatchedJob job) {
    jobs.remove(job.key(), job);
  }

  /** Takes out those of which something was heard and that are not watched here any more. */
  List<String> takeUnwatched() {
    List<String> keys = changed.stream().filter(key -> !jobs.containsKey(key)).toList();
    keys.forEach(changed::remove);
    return keys;
  }

  /**
   * Notes that a query is over.
   *
   * @param answered whether there was an answer
   * @param all whether it was about all jobs
   * @param interval how long until all are looked at again
   */
  void endQuery(boolean answered, boolean all, Instant now, Duration interval) {
    querying = false;
    failures = answered ? 0 : failures + 1;
    if (!answered) {
      nextPoll = now.plus(PollInterval.afterFailures(failures));
    } else if (all) {
      nextPoll = now.plus(interval);
    }
  }
}
