package io.jobs4j.sdk.internal.job;

/**
 * The right to work on a job. It ends when the job is given to someone else: whatever is then
 * written in its name is refused.
 *
 * @param jobId sequence number of the job
 * @param uuid unique id of the job
 * @param fence rises with each lease of the job
 * @param engine whose it is: the name in the database that the engine had then
 */
public record Lease(long jobId, String uuid, long fence, String engine) {}
