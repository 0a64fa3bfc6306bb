/**
 * What is done for a job in each state, one small class each. A phase sees the job and the systems
 * it concerns, has effects outside that can be repeated, and says what is to come next. It never
 * touches the database.
 */
@NullMarked
package io.jobs4j.sdk.internal.phase;

import org.jspecify.annotations.NullMarked;
