/**
 * The states a job goes through and the one table of legal changes between them. Immutable, safe
 * for any thread.
 */
@NullMarked
package io.jobs4j.core.lifecycle;

import org.jspecify.annotations.NullMarked;
