/**
 * Job requests: reading and writing them as JSON, and checking them as Aloe does before a job is
 * accepted. A request is answered with all its problems at once. Everything here is safe for any
 * thread.
 */
@NullMarked
package io.jobs4j.core.request;

import org.jspecify.annotations.NullMarked;
