package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.sdk.internal.job.Lease;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The jobs that an engine watches, by system. What schedulers say of a job that nobody watches yet
 * is remembered until somebody does. All calls are made with the monitor's lock held.
 */
final class WatchedJobs {
  /** How many jobs that were heard of too early are remembered. */
  private static final int EARLY_LIMIT = 10_000;

  private final Map<ExecutionSystem, SystemWatch> systems = new HashMap<>();

  /**
   * Keys of jobs that were heard of while nobody watched them under the lease that they have now.
   */
  private final Set<String> early = new LinkedHashSet<>();

  /**
   * Watches a job from now on.
   *
   * @param isOver whether it is known to be over, so that it is to be looked at now
   * @return the jobs of its system
   */
  SystemWatch add(ExecutionSystem system, WatchedJob job, boolean isOver) {
    SystemWatch watch = systems.computeIfAbsent(system, SystemWatch::new);
    watch.add(job);
    if (early.remove(job.key()) || isOver) {
      watch.lookAt(job.key());
    }
    return watch;
  }

  /**
   * Has a job looked at now, or as soon as it is watched.
   *
   * @return whether it is watched
   */
  boolean heard(String key) {
    for (SystemWatch watch : systems.values()) {
      if (watch.watches(key)) {
        watch.lookAt(key);
        return true;
      }
    }
    if (early.add(key) && early.size() > EARLY_LIMIT) {
      early.remove(early.iterator().next());
    }
    return false;
  }

  Collection<SystemWatch> systems() {
    return systems.values();
  }

  /** Forgets a system of which no job is watched any more. */
  void forgetIfEmpty(SystemWatch watch) {
    if (watch.isEmpty()) {
      systems.remove(watch.system(), watch);
    }
  }

  /** The leases of all jobs. */
  Set<Lease> leases() {
    Set<Lease> leases = new HashSet<>();
    systems.values().forEach(watch -> watch.jobs().forEach(job -> leases.add(job.lease())));
    return leases;
  }

  /** How many jobs there are. */
  int count() {
    return systems.values().stream().mapToInt(watch -> watch.jobs().size()).sum();
  }

  void clear() {
    systems.clear();
    early.clear();
  }
}
