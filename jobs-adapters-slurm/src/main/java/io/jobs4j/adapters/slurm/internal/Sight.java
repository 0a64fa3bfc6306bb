package io.jobs4j.adapters.slurm.internal;

import io.jobs4j.core.spi.RemoteJob;
import org.jspecify.annotations.Nullable;

/**
 * One look at an attempt.
 *
 * @param job that was found; {@code null} if none was
 * @param generation how many submissions of it were begun
 * @param intent when the last of them was, in seconds
 * @param now the host's time, in seconds
 * @param absent whether all answered that there is none
 * @param damaged whether there is a record of a run that cannot be read
 * @param why what could not be looked at
 */
public record Sight(
    @Nullable RemoteJob job,
    int generation,
    long intent,
    long now,
    boolean absent,
    boolean damaged,
    String why) {}
