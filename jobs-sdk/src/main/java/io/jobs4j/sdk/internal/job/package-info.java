/** What is stored of a job and how it changes: its state, leases, limits and changes. No SQL. */
@NullMarked
package io.jobs4j.sdk.internal.job;

import org.jspecify.annotations.NullMarked;
