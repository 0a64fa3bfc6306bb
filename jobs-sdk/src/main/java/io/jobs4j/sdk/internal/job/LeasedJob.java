package io.jobs4j.sdk.internal.job;

/**
 * A job that this engine may work on.
 *
 * @param lease the right to
 * @param job as it was when the lease began
 */
public record LeasedJob(Lease lease, StoredJob job) {}
