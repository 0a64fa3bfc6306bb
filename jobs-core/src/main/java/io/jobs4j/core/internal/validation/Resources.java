package io.jobs4j.core.internal.validation;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.Memory;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a job takes of a queue.
 *
 * @param processors on each node
 * @param memory on each node; {@code null} if nobody said
 * @param runTime zero if nobody said
 */
record Resources(int nodes, int processors, @Nullable Memory memory, Duration runTime) {

  /** Why a queue is too small; empty if it is not. Negative limits are none. */
  List<String> shortcomings(BatchQueue queue) {
    List<String> reasons = new ArrayList<>();
    compare(reasons, "nodes", queue.maxNodes(), nodes);
    compare(reasons, "processors per node", queue.maxProcessorsPerNode(), processors);
    Memory most = queue.maxMemoryPerNode();
    if (most != null) {
      compare(reasons, "memory per node (GB)", most.gigabytes(), gigabytes());
    }
    Duration limit = queue.maxRequestedTime();
    if (limit != null) {
      compare(reasons, "hours", hours(limit), hours(runTime));
    }
    return reasons;
  }

  /** What is left of this inside the limits of a queue. */
  Resources within(BatchQueue queue) {
    Duration limit = queue.maxRequestedTime();
    Duration time = runTime;
    if (limit != null && (runTime.isZero() || runTime.compareTo(limit) > 0)) {
      time = limit;
    }
    return new Resources(
        queue.maxNodes() < 0 ? nodes : Math.min(nodes, queue.maxNodes()),
        queue.maxProcessorsPerNode() < 0
            ? processors
            : Math.min(processors, queue.maxProcessorsPerNode()),
        least(memory, queue.maxMemoryPerNode()),
        time);
  }

  private static @Nullable Memory least(@Nullable Memory wanted, @Nullable Memory most) {
    return wanted == null || most == null || wanted.compareTo(most) < 0 ? wanted : most;
  }

  /** Memory on each node in GB; 0 if nobody said. */
  double gigabytes() {
    return memory == null ? 0 : memory.gigabytes();
  }

  double hours() {
    return hours(runTime);
  }

  static String plain(double number) {
    return new DecimalFormat("0.####", DecimalFormatSymbols.getInstance(Locale.ROOT))
        .format(number);
  }

  private static double hours(Duration time) {
    return time.toSeconds() / 3600.0;
  }

  private static void compare(List<String> reasons, String what, double limit, double wanted) {
    if (limit >= 0 && limit < wanted) {
      reasons.add(
          "Maximum %s (%s) is less than requested %s (%s)."
              .formatted(what, plain(limit), what, plain(wanted)));
    }
  }
}
