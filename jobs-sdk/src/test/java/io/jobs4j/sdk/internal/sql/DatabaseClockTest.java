package io.jobs4j.sdk.internal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
  private final AtomicLong ahead = new AtomicLong();
  private final Jdbi jdbi = Database.inMemory().jdbi();
  private final DatabaseClock clock =
      jdbi.withHandle(
          handle -> new DatabaseClock(handle, Dialect.H2, () -> System.nanoTime() + ahead.get()));

  @Test
  void runsOnByItselfUntilItIsSet() {
    assertThat(clock.instant()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    ahead.addAndGet(Duration.ofMinutes(15).toNanos());
    assertThat(Duration.between(Instant.now(), clock.instant()))
        .isCloseTo(Duration.ofMinutes(15), Duration.ofMinutes(1));
    jdbi.useHandle(clock::set);
    assertThat(clock.instant()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    ahead.addAndGet(-Duration.ofMinutes(15).toNanos());
    jdbi.useHandle(clock::set);
    assertThat(clock.instant()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }
}
