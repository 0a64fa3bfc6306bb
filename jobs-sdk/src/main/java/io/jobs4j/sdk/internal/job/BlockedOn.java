package io.jobs4j.sdk.internal.job;

import java.time.Instant;

/**
 * What a blocked job waits for.
 *
 * @param condition name of the recovery condition
 * @param nextAttempt when it is looked at next
 */
public record BlockedOn(String condition, Instant nextAttempt) {}
