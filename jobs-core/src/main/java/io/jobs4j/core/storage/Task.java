package io.jobs4j.core.storage;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;

/**
 * What is done with files, for failures of it. Immutable.
 *
 * @param action a verb
 * @param otherwise what is waited for if a failure can clear
 * @param repeatable whether it may be done again if nobody knows whether it was done
 */
public record Task(
    String action, StoragePath path, RecoveryCondition otherwise, boolean repeatable) {}
