/**
 * What texts and numbers in definitions must be like, for those who build definitions and those who
 * read them from JSON. No public API; nothing here knows a definition as a whole. Stateless.
 */
@NullMarked
package io.jobs4j.core.internal.definition;

import org.jspecify.annotations.NullMarked;
