package io.jobs4j.core.model;

import io.jobs4j.core.lifecycle.JobEventName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a job's history.
 *
 * @param sequence rises by one with each entry of the job, from 1
 * @param created when it happened
 * @param status the state that the job came to (or stayed in), or another event
 * @param description what a person should read
 * @param createdBy the user that caused it; {@code null} if the engine did
 * @param progress how far a transfer had come; {@code null} if the entry is about none
 */
public record HistoryEvent(
    long sequence,
    Instant created,
    JobEventName status,
    String description,
    @Nullable String createdBy,
    @Nullable TransferProgress progress) {}
