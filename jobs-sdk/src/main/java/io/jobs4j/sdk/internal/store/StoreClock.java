package io.jobs4j.sdk.internal.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time as the store keeps it. It does not go back when the clock does, nor does it stand still,
 * lest all that has a time wait: it runs at half the speed until the clock has caught up. Safe for
 * use by several threads.
 */
public final class StoreClock implements InstantSource {
  private static final Logger log = LoggerFactory.getLogger(StoreClock.class);

  private final Clock clock;
  private final AtomicBoolean clockFailed = new AtomicBoolean();
  private final Object timeLock = new Object();

  /** What the clock said last; guarded by {@code timeLock}. */
  private Instant lastRead;

  /** The time at that; guarded by {@code timeLock}. */
  private Instant kept;

  StoreClock(Clock clock) {
    this.clock = clock;
    this.lastRead = clock.instant();
    this.kept = lastRead;
  }

  /** The time, in whole milliseconds. */
  @Override
  public Instant instant() {
    synchronized (timeLock) {
      Instant read = read();
      if (read.isBefore(kept)) {
        Duration passed = Duration.between(lastRead, read);
        kept = passed.isNegative() ? kept : kept.plus(passed.dividedBy(2));
      }
      kept = read.isBefore(kept) ? kept : read;
      lastRead = read;
      return kept.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  /** A clock that fails stands still; nothing that has a time fails for it. */
  private Instant read() {
    try {
      return clock.instant();
    } catch (RuntimeException | Error e) {
      if (clockFailed.compareAndSet(false, true)) {
        log.error("The clock failed; further failures are not logged", e);
      }
      return lastRead;
    }
  }
}
