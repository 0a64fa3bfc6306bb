/**
 * Checks job requests as Aloe does before a job is accepted, and makes of them what the job will
 * be. A request is answered with all its problems at once. No public API. Everything that the
 * engine uses of it is safe for any thread.
 */
@NullMarked
package io.jobs4j.core.internal.validation;

import org.jspecify.annotations.NullMarked;
