package io.jobs4j.sdk.internal.engine;

import io.jobs4j.sdk.EngineMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the engine from what metrics throw, and metrics from an engine that is closed. */
final class GuardedMetrics implements EngineMetrics, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GuardedMetrics.class);

  private final EngineMetrics metrics;
  private final List<AtomicReference<@Nullable Supplier<Number>>> gauges =
      new CopyOnWriteArrayList<>();
  private final AtomicBoolean failed = new AtomicBoolean();

  GuardedMetrics(EngineMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void count(String name, long amount, String... tags) {
    guard(name, () -> metrics.count(name, amount, tags));
  }

  @Override
  public void time(String name, Duration duration, String... tags) {
    guard(name, () -> metrics.time(name, duration, tags));
  }

  /** The value is asked for as long as this is open; a registry may keep it for longer. */
  @Override
  public void gauge(String name, Supplier<Number> value, String... tags) {
    AtomicReference<@Nullable Supplier<Number>> held = new AtomicReference<>(value);
    gauges.add(held);
    guard(
        name,
        () ->
            metrics.gauge(
                name,
                () -> {
                  Supplier<Number> known = held.get();
                  return known == null ? Double.NaN : known.get();
                },
                tags));
  }

  private void guard(String name, Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      // Also what they have not declared.
      if (failed.compareAndSet(false, true)) {
        log.warn("The metric {} could not be taken; further failures are not logged", name, e);
      }
    }
  }

  @Override
  public void close() {
    gauges.forEach(held -> held.set(null));
  }
}
