/**
 * The document that says which files and directories there are, path by path. No public API.
 * Stateless.
 */
@NullMarked
package io.jobs4j.core.internal.manifest;

import org.jspecify.annotations.NullMarked;
