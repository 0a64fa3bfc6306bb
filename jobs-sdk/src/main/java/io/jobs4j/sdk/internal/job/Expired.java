package io.jobs4j.sdk.internal.job;

/**
 * A job that has been blocked for as long as it may be.
 *
 * @param uuid of the job
 * @param attempts how often it was looked whether it could go on
 * @param outOfTries whether the attempts are too many, and not the time too long
 */
public record Expired(String uuid, int attempts, boolean outOfTries) {}
