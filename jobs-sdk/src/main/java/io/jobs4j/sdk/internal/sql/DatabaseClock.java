package io.jobs4j.sdk.internal.sql;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Handle;

/**
 * The database's clock. It is read now and then and runs on in between by a clock of this process
 * that nobody sets, so that engines on one database agree on the time whatever the clocks of their
 * hosts say. Safe for use by several threads.
 */
final class DatabaseClock implements InstantSource {
  /** Below this, what two readings differ in is how they were taken. */
  private static final Duration PRECISION = Duration.ofMillis(20);

  private final String sql;
  private final LongSupplier nanoTime;
  private volatile Reading reading;

  /** A clock that is read for the first time. */
  DatabaseClock(Handle handle, Dialect dialect) {
    this(handle, dialect, System::nanoTime);
  }

  DatabaseClock(Handle handle, Dialect dialect, LongSupplier nanoTime) {
    this.sql = "SELECT " + dialect.now();
    this.nanoTime = nanoTime;
    this.reading = read(handle).middle();
  }

  /** Reads the database's clock again, and sets this one if that says something else. */
  void set(Handle handle) {
    Answer answer = read(handle);
    Reading known = reading;
    boolean early = known.at(answer.after()).isBefore(answer.time().minus(PRECISION));
    boolean late = known.at(answer.before()).isAfter(answer.time().plus(PRECISION));
    if (early || late) {
      reading = answer.middle();
    }
  }

  private Answer read(Handle handle) {
    long before = nanoTime.getAsLong();
    Instant time = handle.createQuery(sql).mapTo(Instant.class).one();
    return new Answer(time, before, nanoTime.getAsLong());
  }

  @Override
  public Instant instant() {
    return reading.at(nanoTime.getAsLong());
  }

  /** The time that it was at a moment between two others. */
  private record Answer(Instant time, long before, long after) {
    Reading middle() {
      return new Reading(time, before + (after - before) / 2);
    }
  }

  /** What time it was at a moment. */
  private record Reading(Instant time, long nanos) {
    Instant at(long moment) {
      return time.plusNanos(moment - nanos);
    }
  }
}
