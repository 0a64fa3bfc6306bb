package io.jobs4j.sdk;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction did with a job: the history entries that it wrote, of which there is at
 * least one. Immutable.
 *
 * @param jobId the job's UUID
 * @param tenantId whose service it came through
 * @param owner who submitted it
 * @param appId what it runs
 * @param systemId where it runs
 * @param previous the state before; {@code null} if the job is new
 * @param status the state after; the one before if the entries only say more of it
 * @param steps the entries, in order
 * @param time when, by the engine's clock
 * @param conditionCode why the job ended or is about to end; {@code null} as long as nothing is to
 *     be said of it
 */
public record JobEvent(
    String jobId,
    String tenantId,
    String owner,
    String appId,
    String systemId,
    @Nullable JobStatus previous,
    JobStatus status,
    List<HistoryEvent> steps,
    Instant time,
    @Nullable ConditionCode conditionCode) {
  /** Copies the entries. */
  public JobEvent {
    steps = List.copyOf(steps);
  }
}
