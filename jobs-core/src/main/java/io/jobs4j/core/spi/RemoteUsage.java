package io.jobs4j.core.spi;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a job used, as far as its scheduler says.
 *
 * @param elapsed time from its start to its end, without the time in which it was suspended; {@code
 *     null} if nobody knows
 * @param cpuTime time that its processes spent on processors; {@code null} if nobody knows
 * @param maxMemory bytes, the most that one of its tasks held at once; empty if nobody knows
 * @param nodes where it ran, as the scheduler writes it; empty if nobody knows
 */
public record RemoteUsage(
    @Nullable Duration elapsed, @Nullable Duration cpuTime, OptionalLong maxMemory, String nodes) {}
