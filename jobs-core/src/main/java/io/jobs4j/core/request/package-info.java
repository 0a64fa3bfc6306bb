/**
 * What is wrong with a job request that was refused, and what an operator may choose about the
 * checking of requests. Immutable, safe for any thread.
 */
@NullMarked
package io.jobs4j.core.request;

import org.jspecify.annotations.NullMarked;
