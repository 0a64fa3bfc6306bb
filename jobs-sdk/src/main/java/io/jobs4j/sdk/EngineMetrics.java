package io.jobs4j.sdk;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Takes what an engine measures of itself; {@link EngineMetricNames} says what there is. Called by
 * many threads at once, also by those that everything waits for, so that it has to be quick. What
 * it throws is logged and has no effect.
 *
 * <p>Tags are names and values in turn; a name has the same tags each time.
 */
public interface EngineMetrics {
  /** Takes nothing. */
  EngineMetrics NONE = new EngineMetrics() {};

  /** Something happened {@code amount} times more. */
  default void count(String name, long amount, String... tags) {}

  /** Something happened and took {@code duration}. */
  default void time(String name, Duration duration, String... tags) {}

  /**
   * Something can be asked for its present value. Called when the engine starts; after it has
   * closed, the value is NaN.
   */
  default void gauge(String name, Supplier<Number> value, String... tags) {}
}
