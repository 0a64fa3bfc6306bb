package io.jobs4j.core.catalog;

import io.jobs4j.core.model.TenantQueue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tenant queue as far as it could be read, and where it comes from; {@code null} is what is
 * missing or wrong in itself.
 *
 * @param source file, or what it defines
 * @param path of the queue in the file; empty if it comes from no file
 */
record DefinedQueue(
    String source,
    String path,
    @Nullable String name,
    @Nullable String tenantId,
    @Nullable Integer priority,
    @Nullable String filter,
    int numWorkers) {

  static DefinedQueue of(TenantQueue queue) {
    return new DefinedQueue(
        "queue " + queue.name(),
        "",
        queue.name(),
        queue.tenantId(),
        queue.priority(),
        queue.filter(),
        queue.numWorkers());
  }

  String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** The queue, in which nothing must be missing. */
  TenantQueue toQueue() {
    return new TenantQueue(
        Objects.requireNonNull(name),
        Objects.requireNonNull(tenantId),
        Objects.requireNonNull(priority),
        Objects.requireNonNull(filter),
        numWorkers);
  }
}
