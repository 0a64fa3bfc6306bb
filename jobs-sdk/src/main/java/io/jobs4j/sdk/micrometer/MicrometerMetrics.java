package io.jobs4j.sdk.micrometer;

import io.jobs4j.sdk.EngineMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Puts what an engine measures into a registry of Micrometer; {@code io.micrometer:micrometer-core}
 * has to be on the class path. Safe for use by several threads.
 *
 * <p>Several engines on one registry need tags that tell them apart, or the last one to start has
 * the gauges.
 */
public final class MicrometerMetrics implements EngineMetrics {
  private final MeterRegistry registry;
  private final Tags common;

  /**
   * Metrics in {@code registry}.
   *
   * @param tags names and values in turn, which all meters get
   * @throws IllegalArgumentException if a name has no value
   */
  public MicrometerMetrics(MeterRegistry registry, String... tags) {
    this.registry = registry;
    this.common = Tags.of(tags);
  }

  @Override
  public void count(String name, long amount, String... tags) {
    registry.counter(name, all(tags)).increment((double) amount);
  }

  @Override
  public void time(String name, Duration duration, String... tags) {
    registry.timer(name, all(tags)).record(duration);
  }

  @Override
  public void gauge(String name, Supplier<Number> value, String... tags) {
    Iterable<Tag> all = all(tags);
    // A registry keeps the first of a name, which may be that of an engine that is closed.
    registry.remove(Gauge.builder(name, value).tags(all).register(registry));
    Gauge.builder(name, value).tags(all).register(registry);
  }

  /** Not as {@code Tags}: a registry takes those since Micrometer 1.17 only. */
  private Iterable<Tag> all(String... tags) {
    return common.and(tags);
  }
}
