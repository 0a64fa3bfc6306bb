/**
 * The database: all SQL, the migrations, and the one writer through which every change goes. Reads
 * may come from any thread; a change is answered only when it is durable.
 */
@NullMarked
package io.jobs4j.sdk.internal.store;

import org.jspecify.annotations.NullMarked;
