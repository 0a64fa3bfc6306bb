/**
 * The JSON of what clients write and see, and the texts in which parts of jobs are stored. Safe for
 * any thread.
 */
@NullMarked
package io.jobs4j.core.wire;

import org.jspecify.annotations.NullMarked;
