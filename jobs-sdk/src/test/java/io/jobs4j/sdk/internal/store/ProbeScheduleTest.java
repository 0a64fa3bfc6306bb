package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Recovery;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** When it is looked at whether what blocks jobs has cleared, also by engines that start. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_IN_MEMORY", "POSTGRESQL"})
class ProbeScheduleTest extends RecoveryFixture {
  @Test
  void anEngineThatStartsHasWhatBlocksJobsLookedAtAtOnce() {
    String job = blocked();
    assertThat(take()).isEmpty();
    assertThat(store.recoveries().hastenAll()).isEqualTo(1);
    assertThat(store.recoveries().next()).contains(clock.instant());
    Recovery early = take().get(0);
    assertThat(early.early()).isTrue();
    assertThat(store.recoveries().release(early, 10, Duration.ZERO)).isEqualTo(1);
    assertThat(store.leases().claim("", 10))
        .extracting(leased -> leased.lease().uuid())
        .contains(job);
  }

  @Test
  void aLookAtTheStartIsNoAttemptAndLeavesThePolicysTimesAsTheyAre() {
    RecoveryPolicy once = RecoveryPolicy.constant(MINUTE, 1, null);
    String job = blocked();
    for (int start = 1; start <= 3; start++) {
      clock.move(ProbeSchedule.BETWEEN_STARTS);
      assertThat(store.recoveries().hastenAll()).isEqualTo(1);
      Recovery early = take().get(0);
      assertThat(early.attempt()).isZero();
      assertThat(store.recoveries().failed(early, once)).isEmpty();
      assertThat(store.recoveries().next()).contains(Stored.START.plus(MINUTE));
    }
    clock.move(MINUTE.minus(ProbeSchedule.BETWEEN_STARTS.multipliedBy(3)));
    Recovery regular = take().get(0);
    assertThat(regular.early()).isFalse();
    assertThat(regular.attempt()).isEqualTo(1);
    assertThat(store.recoveries().failed(regular, once))
        .extracting(Expired::uuid)
        .containsExactly(job);
  }

  @Test
  void aJobThatWentOnAtAStartAndIsBlockedAgainHasHadNoAttempt() {
    RecoveryPolicy once = RecoveryPolicy.constant(MINUTE, 1, null);
    String job = blocked();
    for (int start = 1; start <= 3; start++) {
      clock.move(ProbeSchedule.BETWEEN_STARTS);
      assertThat(store.recoveries().hastenAll()).isEqualTo(1);
      Recovery early = take().get(0);
      assertThat(store.recoveries().release(early, 10, MINUTE)).isEqualTo(1);
      store.changes().change(job, head -> JobChange.to(head.activeStatus(), "Trying again."));
      block(job, RecoveryCondition.TRANSMISSION_FAILURE);
      assertThat(store.recoveries().expired(early, once)).isEmpty();
    }
    clock.move(MINUTE);
    Recovery regular = take().get(0);
    assertThat(store.recoveries().release(regular, 10, MINUTE)).isEqualTo(1);
    store.changes().change(job, head -> JobChange.to(head.activeStatus(), "Trying again."));
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    assertThat(store.recoveries().expired(regular, once))
        .extracting(Expired::uuid)
        .containsExactly(job);
  }

  @Test
  void manyEnginesThatStartLookSeldom() {
    blocked();
    assertThat(store.recoveries().hastenAll()).isEqualTo(1);
    Recovery early = take().get(0);
    assertThat(store.recoveries().hastenAll()).as("while one looks").isZero();
    store.recoveries().failed(early, POLICY);
    for (int engine = 1; engine <= 5; engine++) {
      int unused = store.recoveries().hastenAll();
      assertThat(take()).isEmpty();
    }
    clock.move(ProbeSchedule.BETWEEN_STARTS);
    assertThat(take()).extracting(Recovery::early).containsExactly(true);
  }
}
