/**
 * The things jobs4j speaks of as immutable values: jobs, requests, apps, systems, queues. Safe for
 * any thread.
 */
@NullMarked
package io.jobs4j.core.model;

import org.jspecify.annotations.NullMarked;
