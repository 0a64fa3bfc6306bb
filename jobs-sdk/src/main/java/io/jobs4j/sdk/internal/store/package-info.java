/**
 * What the engine asks and changes of its jobs in the database: the one writer through which every
 * change goes, and the tables. Reads may come from any thread; a change is answered only when it is
 * durable.
 */
@NullMarked
package io.jobs4j.sdk.internal.store;

import org.jspecify.annotations.NullMarked;
