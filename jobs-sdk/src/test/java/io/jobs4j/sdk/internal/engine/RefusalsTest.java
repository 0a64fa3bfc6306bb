package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final Exception error = new IllegalStateException("no such state");

  private final Refusals refusals = new Refusals(new ReentrantLock());

  @Test
  void whatMayJustPassIsNotCounted() {
    assertThat(refusals.count("job", new StoreException("The database is away."))).isZero();
    assertThat(refusals.count("job", new InterruptedException())).isZero();
    assertThat(refusals.count("job", error)).isEqualTo(1);
  }

  @Test
  void whatFailsAgainIsCountedForEachJobUntilItGetsFurther() {
    StoreException values = new StoreException("It is refused.", new SQLException("", "22001"));
    assertThat(refusals.count("job", error)).isEqualTo(1);
    assertThat(refusals.count("job", values)).isEqualTo(2);
    assertThat(refusals.count("other", values)).isEqualTo(1);
    refusals.clear("job");
    assertThat(refusals.count("job", error)).isEqualTo(1);
    assertThat(refusals.count("other", error)).isEqualTo(2);
  }

  @Test
  void aJobRestsForLongerEachTimeAndNeverForVeryLong() {
    assertThat(Refusals.rest(0)).isZero();
    assertThat(Refusals.rest(1)).isEqualTo(Duration.ofSeconds(2));
    assertThat(Refusals.rest(2)).isEqualTo(Duration.ofSeconds(4));
    assertThat(Refusals.rest(9)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Refusals.rest(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
  }
}
