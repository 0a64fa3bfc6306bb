/**
 * What the engine asks and changes of its jobs in the database. {@link
 * io.jobs4j.sdk.internal.store.Store} opens it all and hands out a class for each question. Every
 * change goes through the one writer, which makes many of them in one transaction. Reads may come
 * from any thread; a change is answered only when it is durable.
 */
@NullMarked
package io.jobs4j.sdk.internal.store;

import org.jspecify.annotations.NullMarked;
