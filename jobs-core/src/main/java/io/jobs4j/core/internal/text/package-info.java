/**
 * How texts are made fit for where they go: encoded for URLs, shortened and without secrets for
 * errors and logs. No public API. Stateless.
 */
@NullMarked
package io.jobs4j.core.internal.text;

import org.jspecify.annotations.NullMarked;
