package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.cluster.OutdatedException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.Quota;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides on changes of jobs and has them written. Jobs that this engine's workers have are not
 * read for that if they are known. Used by the writer's thread alone.
 */
final class JobChanger {
  private final InstantSource clock;
  private final JobCache cache;
  private final QuotaTable quotas;
  private final StoredHeads stored;
  private final ChangeRows rows;

  /**
   * Changes of an engine.
   *
   * @param engine gives its id
   */
  JobChanger(InstantSource clock, Supplier<String> engine, JobCache cache, QuotaTable quotas) {
    this.clock = clock;
    this.cache = cache;
    this.quotas = quotas;
    this.stored = new StoredHeads(cache, engine);
    this.rows = new ChangeRows(clock, engine);
  }

  /**
   * Makes changes, in order; those of one job build on each other. One that is refused is told so
   * and leaves the others alone.
   */
  void change(EngineSession session, List<Transition> transitions) throws SQLException {
    Map<String, JobHead> known = cache.inFlight().of(transitions);
    List<Transition> rest =
        known.isEmpty() ? transitions : changeInFlight(session, transitions, known);
    if (!rest.isEmpty()) {
      changeStored(session, rest);
    }
  }

  /**
   * Changes jobs that are probably still as this engine knows them, which the update itself checks,
   * so that they need not be read. If one is not, all that was done is to be undone, and done again
   * by reading.
   *
   * @return the changes that are still to be made: of other jobs, and those to be decided by
   *     reading
   */
  private List<Transition> changeInFlight(
      EngineSession session, List<Transition> transitions, Map<String, JobHead> known)
      throws SQLException {
    List<Transition> tried =
        transitions.stream().filter(transition -> known.containsKey(transition.uuid())).toList();
    Decisions decisions = decide(tried, new HashMap<>(known), Map.of(), Set.of());
    // What was decided on a job that may not be so is decided anew.
    Set<String> doubtful = new HashSet<>(decisions.refused());
    Map<Long, Applied> merged = merged(decisions.applied());
    for (Applied change : decisions.applied()) {
      if (!merged.containsKey(change.after().id())) {
        doubtful.add(change.after().uuid());
      }
    }
    merged.values().removeIf(change -> doubtful.contains(change.after().uuid()));
    rows.updateHeld(
        session,
        merged.values(),
        left -> {
          if (!left.isEmpty()) {
            throw new OutdatedException(false);
          }
        });
    doubtful.forEach(cache.inFlight()::forget);
    store(
        session,
        decisions.applied().stream()
            .filter(change -> !doubtful.contains(change.after().uuid()))
            .toList());
    return transitions.stream()
        .filter(
            transition ->
                !known.containsKey(transition.uuid()) || doubtful.contains(transition.uuid()))
        .toList();
  }

  private void changeStored(EngineSession session, List<Transition> transitions)
      throws SQLException {
    Map<String, JobHead> heads = stored.lock(session, transitions);
    Map<Quota.SystemKey, Quota.Counts> counts = counts(session, transitions);
    Set<Long> havePlaces = havePlaces(session, transitions, heads);
    Decisions decisions = decide(transitions, heads, counts, havePlaces);
    rows.update(session, merged(decisions.applied()).values());
    store(session, decisions.applied());
    if (!decisions.admitted().isEmpty()) {
      QuotaTable.admit(session, decisions.admitted());
    }
  }

  /**
   * What is to be changed.
   *
   * @param applied the changes, in order
   * @param admitted jobs that become active within limits
   * @param refused jobs of which a change is not made
   */
  private record Decisions(List<Applied> applied, List<Long> admitted, Set<String> refused) {}

  private Decisions decide(
      List<Transition> transitions,
      Map<String, JobHead> heads,
      Map<Quota.SystemKey, Quota.Counts> counts,
      Set<Long> havePlaces) {
    Decisions decisions = new Decisions(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
    Instant now = clock.instant();
    for (Transition transition : transitions) {
      try {
        JobHead head = heads.get(transition.uuid());
        if (head == null) {
          throw new StoreException("Job " + transition.uuid() + " is not in the database.");
        }
        Lease lease = transition.lease();
        if (lease != null && lease.fence() != head.fence()) {
          throw new LeaseLostException(lease);
        }
        boolean hasPlace = havePlaces.contains(head.id());
        boolean admits = hasPlace || isAdmitted(transition.quota(), counts);
        Applied change = Applied.of(head, transition.decide(head, admits), now);
        if (transition.quota() != null && admits && !hasPlace) {
          decisions.admitted().add(head.id());
        }
        heads.put(transition.uuid(), change.after());
        decisions.applied().add(change);
        transition.done(change);
      } catch (JobsException e) {
        decisions.refused().add(transition.uuid());
        transition.refuse(e);
      } catch (RuntimeException | Error e) {
        decisions.refused().add(transition.uuid());
        transition.refuse(new StoreException("The database could not store a change.", e));
      }
    }
    return decisions;
  }

  /** Changes of one job in a group come to the table as one; without those that touch no job. */
  private static Map<Long, Applied> merged(List<Applied> applied) {
    Map<Long, Applied> merged = new LinkedHashMap<>();
    for (Applied change : applied) {
      if (change.touchesJob()) {
        merged.merge(change.after().id(), change, Applied::then);
      }
    }
    return merged;
  }

  private void store(EngineSession session, List<Applied> applied) throws SQLException {
    rows.store(session, applied);
    applied.forEach(cache.inFlight()::changed);
  }

  private Map<Quota.SystemKey, Quota.Counts> counts(
      EngineSession session, List<Transition> transitions) throws SQLException {
    List<Quota.SystemKey> systems = new ArrayList<>();
    for (Transition transition : transitions) {
      Quota quota = transition.quota();
      if (quota != null) {
        systems.add(quota.system());
      }
    }
    return systems.isEmpty() ? Map.of() : quotas.lock(session, systems);
  }

  /** Which of the jobs that want to become active count as active already. */
  private static Set<Long> havePlaces(
      EngineSession session, List<Transition> transitions, Map<String, JobHead> heads)
      throws SQLException {
    List<Long> ids = new ArrayList<>();
    for (Transition transition : transitions) {
      JobHead head = heads.get(transition.uuid());
      if (transition.quota() != null && head != null) {
        ids.add(head.id());
      }
    }
    return ids.isEmpty() ? Set.of() : QuotaTable.admitted(session, ids);
  }

  /** Counts the job too if it is. */
  private static boolean isAdmitted(
      @Nullable Quota quota, Map<Quota.SystemKey, Quota.Counts> counts) {
    if (quota == null) {
      return true;
    }
    Quota.Counts active = counts.get(quota.system());
    return active != null && active.admit(quota);
  }
}
