/**
 * The moving parts of the engine: the dispatcher gives due jobs to phases, the monitor watches jobs
 * that schedulers have, the feed tells who waits. Only this package starts threads.
 */
@NullMarked
package io.jobs4j.sdk.internal.engine;

import org.jspecify.annotations.NullMarked;
