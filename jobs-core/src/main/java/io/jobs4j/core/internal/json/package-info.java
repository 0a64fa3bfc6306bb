/**
 * What the readers and writers of JSON have in common: the mapper, strict reading of texts, and
 * values as Java has them. No public API; nothing here knows what a document is about. Safe for any
 * thread, except for what collects problems.
 */
@NullMarked
package io.jobs4j.core.internal.json;

import org.jspecify.annotations.NullMarked;
