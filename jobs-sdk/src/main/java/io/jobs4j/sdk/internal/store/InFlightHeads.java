package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The jobs that this engine's workers have, as they were stored last. Nobody else takes them or
 * gives them away while this engine is a member, and what others ask of them raises their version;
 * so if the version is still the same, all is. Whatever may have been undone is forgotten. Used by
 * the writer's thread alone.
 */
final class InFlightHeads {
  private final Map<String, JobHead> heads = new HashMap<>();

  /** A worker has the job, whose fence is that of its lease. */
  void put(JobHead job) {
    heads.put(job.uuid(), job);
  }

  /** Those of jobs to be changed that are known and that only their holders change. */
  Map<String, JobHead> of(List<Transition> transitions) {
    Map<String, JobHead> known = new HashMap<>();
    if (heads.isEmpty()) {
      return known;
    }
    Set<String> others = new HashSet<>();
    for (Transition transition : transitions) {
      JobHead head = heads.get(transition.uuid());
      if (head == null || !transition.isOfHolder()) {
        others.add(transition.uuid());
      } else {
        known.put(transition.uuid(), head);
      }
    }
    known.keySet().removeAll(others);
    return known;
  }

  /** Notes a change of a job, after which the worker may not have it any more. */
  void changed(Applied change) {
    JobHead after = change.after();
    boolean kept = change.change().due() == JobChange.Due.AS_BEFORE && !after.status().isTerminal();
    if (!kept) {
      heads.remove(after.uuid());
    } else {
      heads.computeIfPresent(after.uuid(), (uuid, before) -> after);
    }
  }

  void forget(String uuid) {
    heads.remove(uuid);
  }

  void forgetAll() {
    heads.clear();
  }
}
