package io.jobs4j.sdk.internal.store;

import static io.jobs4j.sdk.internal.store.Stored.START;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The time of a store whose host sets its clock back. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class StoreClockTest extends StoreFixture {
  @Test
  void theTimeRunsSlowerUntilAClockThatWasSetBackHasCaughtUp() {
    clock.move(Duration.ofHours(5));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofHours(5)));
    clock.move(Duration.ofHours(-4));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofHours(5)));
    clock.move(Duration.ofMinutes(10));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofMinutes(5 * 60 + 5)));
    clock.move(Duration.ofHours(8));
    assertThat(store.clock().instant()).isEqualTo(clock.instant());
    clock.move(Duration.ofMinutes(1));
    assertThat(store.clock().instant()).isEqualTo(clock.instant());
  }
}
