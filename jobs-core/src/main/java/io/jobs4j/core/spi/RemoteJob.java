package io.jobs4j.core.spi;

/**
 * A job in the hands of a scheduler.
 *
 * @param remoteJobId the scheduler's id of it
 * @param attempt what was launched
 */
public record RemoteJob(String remoteJobId, Attempt attempt) {}
