/** Small programs to copy from. */
@NullMarked
package io.jobs4j.examples;

import org.jspecify.annotations.NullMarked;
