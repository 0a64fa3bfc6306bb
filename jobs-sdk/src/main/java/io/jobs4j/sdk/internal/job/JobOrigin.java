package io.jobs4j.sdk.internal.job;

/**
 * What never changes of a job and tells those who hear of it whose it is.
 *
 * @param tenantId whose service it came through
 * @param owner who submitted it
 * @param appId what it runs
 * @param systemId where it runs
 */
public record JobOrigin(String tenantId, String owner, String appId, String systemId) {}
