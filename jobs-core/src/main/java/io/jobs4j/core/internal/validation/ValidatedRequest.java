package io.jobs4j.core.internal.validation;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.NotificationRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request without problems, with every default filled in: what a job will be made of. Immutable.
 *
 * @param name name of the job
 * @param app the application
 * @param executionSystem the system it runs on
 * @param queue batch queue of that system; {@code null} if it has none
 * @param nodeCount nodes, at least 1
 * @param processorsPerNode processors on each node, at least 1
 * @param memoryPerNode memory on each node; {@code null} if nobody said
 * @param maxRunTime longest run time; {@link Duration#ZERO} for no limit
 * @param archive whether output is archived
 * @param archiveOnAppError whether output is archived even if the application fails
 * @param archivePath where on the archive system: with a leading slash from its root, otherwise
 *     from its home directory; {@code null} if {@code archive} is false
 * @param archiveSystem storage system for the output; {@code null} if {@code archive} is false
 * @param inputs paths or URIs as given or defaulted, for every input key that the job has; in the
 *     order of the application
 * @param parameters for every parameter key that the job has a {@code String}, {@code Long}, {@code
 *     BigDecimal} or {@code Boolean}, or a list of them if a list was given; in the order of the
 *     application
 * @param notifications who wants to be told of what
 */
public record ValidatedRequest(
    String name,
    App app,
    ExecutionSystem executionSystem,
    @Nullable BatchQueue queue,
    int nodeCount,
    int processorsPerNode,
    @Nullable Memory memoryPerNode,
    Duration maxRunTime,
    boolean archive,
    boolean archiveOnAppError,
    @Nullable String archivePath,
    @Nullable String archiveSystem,
    Map<String, List<String>> inputs,
    Map<String, Object> parameters,
    List<NotificationRequest> notifications) {
  public ValidatedRequest {
    Map<String, List<String>> copies = new LinkedHashMap<>(inputs);
    copies.replaceAll((key, values) -> List.copyOf(values));
    inputs = Collections.unmodifiableMap(copies);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    notifications = List.copyOf(notifications);
  }
}
