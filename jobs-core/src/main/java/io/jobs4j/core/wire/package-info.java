/**
 * The JSON of what clients write and see, and the mapping between it, the stored record and the
 * model. Safe for any thread.
 */
@NullMarked
package io.jobs4j.core.wire;

import org.jspecify.annotations.NullMarked;
