package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.internal.selector.JobProperties;
import io.jobs4j.core.internal.selector.TenantQueueSelection;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.sdk.internal.store.Queues;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The queues into which jobs are sorted when they are accepted. A queue that is defined has workers
 * of its own, in each engine; all others share those of the engine. Safe for use by several
 * threads.
 */
final class TenantQueues {
  /** The worker pool of queues that have no workers of their own. */
  static final String SHARED = "";

  private final Queues queues;
  private final Dispatcher dispatcher;
  private volatile Defined defined = new Defined(Map.of(), Map.of());

  /** What is defined, with filters that are compiled once. */
  private record Defined(
      Map<String, TenantQueue> byName, Map<String, TenantQueueSelection> byTenant) {
    static Defined of(Collection<TenantQueue> queues) {
      Map<String, List<TenantQueue>> tenants =
          queues.stream().collect(Collectors.groupingBy(TenantQueue::tenantId));
      return new Defined(
          queues.stream().collect(Collectors.toMap(TenantQueue::name, Function.identity())),
          tenants.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      tenant -> new TenantQueueSelection(tenant.getKey(), tenant.getValue()))));
    }
  }

  TenantQueues(Queues queues, Dispatcher dispatcher) {
    this.queues = queues;
    this.dispatcher = dispatcher;
  }

  /**
   * Reads what is defined in the database, where another engine may have changed it. One at a time,
   * lest what was read first is noted last.
   */
  synchronized void refresh() {
    Collection<TenantQueue> all = queues.list();
    if (!Set.copyOf(all).equals(Set.copyOf(defined.byName().values()))) {
      // The workers first, so that there are some for every job that is sorted.
      all.forEach(queue -> dispatcher.serve(queue.name(), queue.numWorkers()));
      defined = Defined.of(all);
    }
  }

  /** As {@link Queues#importAll}. */
  void add(Function<Collection<TenantQueue>, Collection<TenantQueue>> definitions) {
    queues.importAll(definitions);
    refresh();
  }

  /** The queue for a job. */
  String select(Job job) {
    TenantQueueSelection selection = defined.byTenant().get(job.tenantId());
    return selection == null
        ? TenantQueue.defaultName(job.tenantId())
        : selection.select(JobProperties.of(job));
  }

  /** Which workers serve a queue. */
  String workerPool(String queue) {
    return defined.byName().containsKey(queue) ? queue : SHARED;
  }
}
