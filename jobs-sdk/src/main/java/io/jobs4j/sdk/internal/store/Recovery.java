package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.spi.RecoveryCondition;

/**
 * Something that jobs wait for and that is due to be looked at.
 *
 * @param id of its row
 * @param tenantId whose jobs wait
 * @param condition the kind
 * @param subject id of the app or system that it is about
 * @param attempt the number of this attempt, from 1
 */
public record Recovery(
    String id, String tenantId, RecoveryCondition condition, String subject, int attempt) {}
