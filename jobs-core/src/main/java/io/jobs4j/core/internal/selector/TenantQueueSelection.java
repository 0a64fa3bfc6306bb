package io.jobs4j.core.internal.selector;

import io.jobs4j.core.model.TenantQueue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the queue of a tenant that a job goes to, as Aloe does: the queue with the largest
 * priority number is asked first, and the first one whose filter is true takes the job; if there is
 * none, the default queue does. A filter that is no selector is logged when this is made, and takes
 * no job. The filters are compiled once; immutable and safe for any thread.
 */
public final class TenantQueueSelection {
  private static final Logger LOG = LoggerFactory.getLogger(TenantQueueSelection.class);

  private record Choice(String queue, Selector filter) {}

  private final List<Choice> choices;
  private final String defaultQueue;

  /**
   * The selection among the queues of a tenant.
   *
   * @param tenantId whose jobs these are
   * @param queues in any order; those of other tenants are not looked at, and the default queue
   *     need not be among them
   */
  public TenantQueueSelection(String tenantId, Collection<TenantQueue> queues) {
    this.defaultQueue = TenantQueue.defaultName(tenantId);
    List<TenantQueue> ordered =
        queues.stream()
            .filter(queue -> queue.tenantId().equals(tenantId))
            .sorted(
                Comparator.comparingInt(TenantQueue::priority)
                    .reversed()
                    .thenComparing(TenantQueue::name))
            .toList();
    List<Choice> compiled = new ArrayList<>();
    for (TenantQueue queue : ordered) {
      try {
        compiled.add(new Choice(queue.name(), Selector.parse(queue.filter())));
      } catch (InvalidSelectorException e) {
        LOG.warn("Queue {} takes no jobs by its filter. {}", queue.name(), e.getMessage());
      }
    }
    this.choices = List.copyOf(compiled);
  }

  /**
   * The name of the queue for a job.
   *
   * @param properties of the job, such as those of {@link JobProperties}
   */
  public String select(Function<String, @Nullable Object> properties) {
    for (Choice choice : choices) {
      if (choice.filter().matches(properties)) {
        return choice.queue();
      }
    }
    return defaultQueue;
  }
}
