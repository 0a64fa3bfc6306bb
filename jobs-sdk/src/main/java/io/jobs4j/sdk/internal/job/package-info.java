/**
 * What is stored of a job and how it changes: its fields, state, leases, limits and changes. Each
 * field is stated once, in {@link io.jobs4j.sdk.internal.job.JobField}. No SQL.
 */
@NullMarked
package io.jobs4j.sdk.internal.job;

import org.jspecify.annotations.NullMarked;
