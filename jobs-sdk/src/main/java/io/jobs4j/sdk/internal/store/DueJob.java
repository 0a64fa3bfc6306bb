package io.jobs4j.sdk.internal.store;

/**
 * A job that is due.
 *
 * @param id sequence number
 * @param uuid unique id
 */
public record DueJob(long id, String uuid) {}
