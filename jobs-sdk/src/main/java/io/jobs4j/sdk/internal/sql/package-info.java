/**
 * The database as such: how it is opened, what differs between databases, its tables and their
 * scripts, connections and their limits, and statements that do many things at once. Nothing here
 * knows what a job is.
 */
@NullMarked
package io.jobs4j.sdk.internal.sql;

import org.jspecify.annotations.NullMarked;
