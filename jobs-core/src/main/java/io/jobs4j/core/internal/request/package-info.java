/**
 * Reads job requests from JSON, and collects what is wrong with one. No public API. Safe for any
 * thread, except for what collects problems.
 */
@NullMarked
package io.jobs4j.core.internal.request;

import org.jspecify.annotations.NullMarked;
