/**
 * What an adapter implements: command runners, schedulers, file storages, and the catalog of
 * definitions.
 */
@NullMarked
package io.jobs4j.core.spi;

import org.jspecify.annotations.NullMarked;
