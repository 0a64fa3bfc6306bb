package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Waiting;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds the limits of a job in the definitions of its app and its system. */
final class Quotas {
  private final Catalog catalog;

  /** Ids of systems on which jobs have had limits. */
  private final Set<String> limited = ConcurrentHashMap.newKeySet();

  Quotas(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The limits where the job is to run; {@code null} if there are none. */
  @Nullable Quota of(Job job) {
    return of(
        new Waiting(job.tenantId(), job.owner(), job.systemId(), job.appId(), job.remoteQueue()));
  }

  /** The limits where the job is to run; {@code null} if there are none. */
  @Nullable Quota of(Waiting job) {
    Optional<ExecutionSystem> system = catalog.executionSystem(job.tenantId(), job.systemId());
    if (system.isEmpty()) {
      return null;
    }
    BatchQueue queue =
        system.get().queues().stream()
            .filter(one -> one.name().equals(job.remoteQueue()))
            .findFirst()
            .orElse(null);
    Quota quota =
        new Quota(
            key(system.get()),
            new Quota.Place(
                job.tenantId() + "/" + job.owner(), queue == null ? "" : queue.name(), job.appId()),
            limits(job, system.get(), queue));
    if (!quota.isLimited()) {
      return null;
    }
    limited.add(system.get().id());
    return quota;
  }

  private Map<Quota.Kind, Integer> limits(
      Waiting job, ExecutionSystem system, @Nullable BatchQueue queue) {
    Map<Quota.Kind, Integer> limits = new EnumMap<>(Quota.Kind.class);
    for (Quota.Kind kind : Quota.Kind.values()) {
      limits.put(
          kind,
          switch (kind) {
            case SYSTEM -> system.maxSystemJobs();
            case USER -> system.maxSystemJobsPerUser();
            case QUEUE -> queue == null ? 0 : queue.maxJobs();
            case USER_IN_QUEUE -> queue == null ? 0 : queue.maxUserJobs();
            case APP -> catalog.app(job.tenantId(), job.appId()).map(App::maxJobs).orElse(0);
          });
    }
    return limits;
  }

  /** Whether jobs are known to have limits on a system, without a look at its definition. */
  boolean isLimited(String systemId) {
    return limited.contains(systemId);
  }

  /** The limits where the job is to run, of which there may be none. */
  Quota orNone(Waiting job) {
    Quota quota = of(job);
    return quota == null
        ? new Quota(system(job.tenantId(), job.systemId()), new Quota.Place("", "", ""), Map.of())
        : quota;
  }

  /** By which the jobs of a system are counted. */
  Quota.SystemKey system(String tenantId, String systemId) {
    return catalog
        .executionSystem(tenantId, systemId)
        .map(Quotas::key)
        .orElse(new Quota.SystemKey(tenantId, systemId));
  }

  private static Quota.SystemKey key(ExecutionSystem system) {
    String tenantId = system.tenantId();
    return new Quota.SystemKey(tenantId == null ? "" : tenantId, system.id());
  }
}
