/**
 * Which tenant queue a job goes to: filters in the selector language of JMS, the properties of a
 * job that they may name, and the choice among the queues of a tenant. No public API. Everything
 * here is immutable and safe for any thread. The language and its grammar are with {@link
 * io.jobs4j.core.internal.selector.Selector}.
 */
@NullMarked
package io.jobs4j.core.internal.selector;

import org.jspecify.annotations.NullMarked;
