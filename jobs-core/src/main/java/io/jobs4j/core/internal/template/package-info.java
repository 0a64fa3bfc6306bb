/**
 * URLs with variables that are filled in when an event is delivered. No public API. Safe for any
 * thread.
 */
@NullMarked
package io.jobs4j.core.internal.template;

import org.jspecify.annotations.NullMarked;
