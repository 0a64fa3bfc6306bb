package io.jobs4j.core.spi;

/**
 * A job in the hands of a scheduler.
 *
 * @param remoteJobId the scheduler's id of it, 1 to 255 characters without control characters;
 *     empty where the engine does not know it, and then the job is known by its attempt alone
 * @param attempt what was launched
 */
public record RemoteJob(String remoteJobId, Attempt attempt) {}
