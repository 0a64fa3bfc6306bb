package io.jobs4j.sdk.internal.job;

import org.jspecify.annotations.Nullable;

/**
 * A job that waits until limits allow for it.
 *
 * @param tenantId tenant of its owner
 * @param owner who submitted it
 * @param systemId where it is to run
 * @param appId what it runs
 * @param remoteQueue queue there; {@code null} if there is none
 */
public record Waiting(
    String tenantId, String owner, String systemId, String appId, @Nullable String remoteQueue) {}
