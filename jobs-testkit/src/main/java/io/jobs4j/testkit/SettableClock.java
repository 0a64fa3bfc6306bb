package io.jobs4j.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands still until a test moves it. Safe for use by several threads. */
public final class SettableClock extends Clock {
  private Instant now;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** A clock that says {@code start}. */
  public SettableClock(Instant start) {
    this.now = start;
  }

  /** Moves the clock, which may be backwards. */
  public void advance(Duration by) {
    synchronized (this) {
      now = now.plus(by);
    }
    listeners.forEach(Runnable::run);
  }

  /** Runs {@code listener} whenever the clock was moved. */
  public void onMove(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return Clock.fixed(instant(), zone);
  }
}
