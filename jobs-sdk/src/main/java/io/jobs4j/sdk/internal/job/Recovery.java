package io.jobs4j.sdk.internal.job;

import io.jobs4j.core.spi.RecoveryCondition;

/**
 * Something that jobs wait for and that is due to be looked at.
 *
 * @param id of its row
 * @param tenantId whose jobs wait
 * @param condition the kind
 * @param subject id of the app or system that it is about
 * @param attempt how many attempts of the policy there have been with this one, from 1; an early
 *     look is none of them
 * @param early whether this is a look before the policy's time, which counts for no job
 * @param passed whether jobs that were let go on as a trial got any further, which says more than a
 *     probe
 */
public record Recovery(
    String id,
    String tenantId,
    RecoveryCondition condition,
    String subject,
    int attempt,
    boolean early,
    boolean passed) {}
