package io.jobs4j.core.internal.validation;

import io.jobs4j.core.internal.request.RequestProblems;
import io.jobs4j.core.internal.text.Shown;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the queue of a job: the one that the request names, else the one that the application
 * names, else the best fit. Best fit is the system's default queue if the job fits, else the
 * smallest of the others that it fits in (Agave). A queue must have room for what the request says.
 * What the application says by default is cut down to the queue if no queue has room for all of it.
 */
final class QueueSelection {
  private static final String FORK = "FORK";

  private final ExecutionSystem system;
  private final App app;
  private final String jobUuid;
  private final List<BatchQueue> candidates;

  QueueSelection(ExecutionSystem system, App app, String jobUuid, boolean negativeMeansUnlimited) {
    this.system = system;
    this.app = app;
    this.jobUuid = jobUuid;
    this.candidates =
        system.queues().stream()
            .filter(queue -> negativeMeansUnlimited || !hasNegativeLimit(queue))
            .sorted(
                Comparator.comparing((BatchQueue queue) -> !queue.isDefault())
                    .thenComparingDouble(queue -> unlimited(queue.maxNodes()))
                    .thenComparing(
                        BatchQueue::maxMemoryPerNode,
                        Comparator.nullsLast(Comparator.naturalOrder()))
                    .thenComparingDouble(queue -> unlimited(queue.maxProcessorsPerNode()))
                    .thenComparing(QueueSelection::longest)
                    .thenComparing(BatchQueue::name)
                    .thenComparing(BatchQueue::effectiveName))
            .toList();
  }

  /**
   * Chooses.
   *
   * @param requested the queue that the request names
   * @param explicit what the request says; 1 or zero for what it does not say
   * @param wanted the same with what the application says by default
   * @return {@code null} if the system has no queues, or after a problem
   */
  @Nullable BatchQueue choose(
      @Nullable String requested, Resources explicit, Resources wanted, RequestProblems problems) {
    // A queue means nothing where there is no batch scheduler, so a wrong name does no harm there.
    boolean fork = system.scheduler().equalsIgnoreCase(FORK);
    if (requested != null) {
      BatchQueue queue = find(requested);
      if (queue != null) {
        return checked(queue, explicit, requested, problems);
      }
      if (!fork) {
        problems.add(
            "batchQueue",
            requested,
            "Queue %s not found on execution system %s for job %s. %s"
                .formatted(Shown.value(requested), system.id(), jobUuid, usable()));
        return null;
      }
    }
    if (system.queues().isEmpty()) {
      return null;
    }
    String byDefault = app.defaultQueue();
    if (byDefault != null && !byDefault.isBlank()) {
      BatchQueue queue = find(byDefault);
      if (queue != null) {
        return checked(queue, explicit, null, problems);
      }
      if (!fork) {
        problems.add(
            "batchQueue",
            null,
            "Queue %s not found on execution system %s for job %s. It is the default of application %s. %s"
                .formatted(byDefault, system.id(), jobUuid, app.id(), usable()));
        return null;
      }
    }
    return bestFit(explicit, wanted, problems);
  }

  private @Nullable BatchQueue bestFit(
      Resources explicit, Resources wanted, RequestProblems problems) {
    for (Resources resources : List.of(wanted, explicit)) {
      for (BatchQueue queue : candidates) {
        if (resources.shortcomings(queue).isEmpty()) {
          return queue;
        }
      }
    }
    List<String> reasons = new ArrayList<>();
    for (BatchQueue queue : candidates) {
      reasons.add(queue.name() + ": " + String.join(" ", explicit.shortcomings(queue)));
    }
    problems.add(
        "batchQueue",
        null,
        "No remote queue selected for job %s running application %s on execution system %s. %s"
            .formatted(
                jobUuid,
                app.id(),
                system.id(),
                reasons.isEmpty() ? usable() : String.join(" ", reasons)));
    return null;
  }

  private @Nullable BatchQueue checked(
      BatchQueue queue, Resources explicit, @Nullable String requested, RequestProblems problems) {
    List<String> reasons = explicit.shortcomings(queue);
    if (reasons.isEmpty()) {
      return queue;
    }
    problems.add(
        "batchQueue",
        requested,
        ("Queue %s on execution system %s cannot accept job %s requiring %s nodes, %s processors,"
                + " %sGB memory and %s hours of run time. %s")
            .formatted(
                queue.name(),
                system.id(),
                jobUuid,
                explicit.nodes(),
                explicit.processors(),
                Resources.plain(explicit.gigabytes()),
                Resources.plain(explicit.hours()),
                String.join(" ", reasons)));
    return null;
  }

  private @Nullable BatchQueue find(String name) {
    for (BatchQueue queue : candidates) {
      if (queue.name().equals(name)) {
        return queue;
      }
    }
    return null;
  }

  private String usable() {
    if (candidates.isEmpty()) {
      return system.queues().isEmpty()
          ? "The system has no queues."
          : "All its queues have negative limits, which are not allowed.";
    }
    return "Its queues are %s."
        .formatted(String.join(", ", candidates.stream().map(BatchQueue::name).toList()));
  }

  private static boolean hasNegativeLimit(BatchQueue queue) {
    return queue.maxJobs() < 0
        || queue.maxUserJobs() < 0
        || queue.maxNodes() < 0
        || queue.maxProcessorsPerNode() < 0
        || queue.maxMemoryPerNode() == null;
  }

  private static double unlimited(double limit) {
    return limit < 0 ? Double.POSITIVE_INFINITY : limit;
  }

  private static Duration longest(BatchQueue queue) {
    Duration limit = queue.maxRequestedTime();
    return limit == null ? Duration.ofSeconds(Long.MAX_VALUE) : limit;
  }
}
