/** How fast the engine is, beside other job libraries and bare loops in the same run. */
@NullMarked
package io.jobs4j.benchmarks;

import org.jspecify.annotations.NullMarked;
