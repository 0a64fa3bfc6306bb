/**
 * The engines on one database: who is a member, who has given no sign of life in time, and what
 * they announce to each other.
 */
@NullMarked
package io.jobs4j.sdk.internal.cluster;

import org.jspecify.annotations.NullMarked;
