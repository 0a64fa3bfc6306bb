/**
 * What storages of all protocols have in common: paths that cannot lead out of the root, files that
 * show only when they are whole, listings that say what they leave out, and failures with one
 * meaning. A protocol adds its requests, as {@link io.jobs4j.core.storage.FileOperations}, and says
 * over what they go, as a subclass of {@link io.jobs4j.core.storage.ConfinedStorage}.
 */
@NullMarked
package io.jobs4j.core.storage;

import org.jspecify.annotations.NullMarked;
