package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Stores what changes of jobs mean for what blocked jobs wait for. Used by the writer's thread
 * alone.
 */
final class RecoveryChanges {
  private RecoveryChanges() {}

  /**
   * Stores it.
   *
   * @param over jobs that ended
   * @param now the time
   */
  static void store(
      EngineSession session, List<Applied> changes, Collection<Long> over, Instant now)
      throws SQLException {
    Set<Long> passing = new HashSet<>();
    changes.stream().filter(Applied::passes).forEach(change -> passing.add(change.after().id()));
    Map<String, Integer> passed = ProbeSchedule.blockedOn(session, passing);
    List<Blocked> blocked = blocked(changes, over);
    // Groups of several engines would wait for each other if each locked in an order of its own.
    Set<String> ids = new TreeSet<>(passed.keySet());
    blocked.forEach(one -> ids.add(one.blockage().id()));
    if (ids.size() > 1) {
      RecoveryTable.lock(session, ids);
    }
    ProbeSchedule.passed(session, passing, passed, now);
    if (!over.isEmpty()) {
      RecoveryTable.forget(session, over);
    }
    List<Long> resumed =
        changes.stream().filter(Applied::resumes).map(change -> change.after().id()).toList();
    if (!resumed.isEmpty()) {
      RecoveryTable.resumed(session, resumed, now);
    }
    for (Blocked one : blocked) {
      RecoveryTable.block(session, one.jobId(), one.heldIn(), one.blockage(), one.since());
    }
  }

  private record Blocked(long jobId, JobStatus heldIn, Blockage blockage, Instant since) {}

  /** What jobs are blocked on at last, in the order in which it is locked, then that of changes. */
  private static List<Blocked> blocked(List<Applied> changes, Collection<Long> over) {
    Map<Long, Blocked> last = new LinkedHashMap<>();
    for (Applied change : changes) {
      long id = change.after().id();
      Blockage blockage = change.change().blockage();
      JobStatus heldIn = change.after().heldIn();
      if (blockage != null
          && change.after().status() == JobStatus.BLOCKED
          && heldIn != null
          && !over.contains(id)) {
        last.put(id, new Blocked(id, heldIn, blockage, change.now()));
      }
    }
    List<Blocked> blocked = new ArrayList<>(last.values());
    blocked.sort(Comparator.comparing(one -> one.blockage().id()));
    return blocked;
  }
}
