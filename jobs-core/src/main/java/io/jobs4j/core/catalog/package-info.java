/**
 * The catalog of apps, systems and tenant queues that is read from JSON files in Agave's definition
 * format, and the JSON schemas of these files. What has been read is immutable and safe for any
 * thread.
 */
@NullMarked
package io.jobs4j.core.catalog;

import org.jspecify.annotations.NullMarked;
