package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Recovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that go on a few at a time, to find out whether they get any further. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_IN_MEMORY", "POSTGRESQL"})
class RecoveryTrialsTest extends RecoveryFixture {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  @Test
  void eachJobOfATrialThatGetsFurtherLetsTwoMoreGoOn() {
    List<String> jobs = blocked(10);
    Recovery recovery = due(RecoveryCondition.TRANSMISSION_FAILURE);
    assertThat(recovery.passed()).isFalse();
    List<String> trial = tryOut(recovery);
    assertThat(trial).containsExactly(jobs.get(0));
    assertThat(take()).as("before anything is known of it").isEmpty();

    pass(trial);
    recovery = take().get(0);
    assertThat(recovery.passed()).isTrue();
    trial = tryOut(recovery);
    assertThat(trial).containsExactlyElementsOf(jobs.subList(1, 3));

    pass(trial.subList(0, 1));
    assertThat(tryOut(take().get(0))).containsExactlyElementsOf(jobs.subList(3, 5));
    pass(trial.subList(1, 2));
    pass(jobs.subList(3, 5));
    assertThat(tryOut(take().get(0))).containsExactlyElementsOf(jobs.subList(5, 10));
    assertThat(store.recoveries().next()).isEmpty();
  }

  @Test
  void aTrialThatFailsIsOfOneJobAgainAndOnlyAtThePolicysTime() {
    List<String> jobs = blocked(10);
    pass(tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE)));
    List<String> trial = tryOut(take().get(0));
    assertThat(trial).containsExactlyElementsOf(jobs.subList(1, 3));

    goOn(trial.get(0));
    block(trial.get(0), RecoveryCondition.TRANSMISSION_FAILURE);
    pass(trial.subList(1, 2));
    clock.move(PAUSE);
    assertThat(take()).as("whatever others of the trial did").isEmpty();
    Recovery recovery = due(RecoveryCondition.TRANSMISSION_FAILURE);
    assertThat(recovery.passed()).isFalse();
    assertThat(tryOut(recovery)).as("it is not its turn yet").containsExactly(jobs.get(3));
  }

  @Test
  void aProbeThatFailsEndsTheTrial() {
    List<String> jobs = blocked(5);
    List<String> trial = tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE));
    clock.move(PAUSE);
    assertThat(store.recoveries().failed(take().get(0), POLICY)).isEmpty();
    pass(trial);
    assertThat(take()).isEmpty();
    assertThat(tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE))).containsExactly(jobs.get(1));
  }

  @Test
  void oneMoreGoesOnNowAndThenWhileNothingIsKnown() {
    List<String> jobs = blocked(5);
    List<String> first = tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE));
    for (int i = 1; i <= 2; i++) {
      clock.move(PAUSE);
      assertThat(tryOut(take().get(0))).containsExactly(jobs.get(i));
    }
    // It says nothing of the storage.
    store.changes().change(jobs.get(1), head -> JobChange.to(JobStatus.STOPPED, ""));
    assertThat(take()).isEmpty();
    pass(first);
    assertThat(tryOut(take().get(0))).containsExactlyElementsOf(jobs.subList(3, 5));
  }

  @Test
  void aTrialIsKnownToAnEngineThatLooksMeanwhile() {
    List<String> jobs = blocked(5);
    List<String> first = tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE));
    clock.move(PAUSE);
    Recovery recovery = take().get(0);
    pass(first);
    assertThat(take()).as("one looks already").isEmpty();
    assertThat(tryOut(recovery)).containsExactlyElementsOf(jobs.subList(1, 3));
  }

  @Test
  void outputThatIsArchivedCounts() {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String job = inState(throughTo(JobStatus.ARCHIVING));
      block(job, RecoveryCondition.TRANSMISSION_FAILURE);
      jobs.add(job);
    }
    String first = tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE)).get(0);
    goOn(first);
    store
        .changes()
        .change(first, head -> JobChange.to(JobStatus.ARCHIVING, "Archived.").archived());
    // The application had failed, which says nothing of the storage.
    store.changes().change(first, head -> JobChange.to(JobStatus.FAILED, ""));
    assertThat(tryOut(take().get(0))).containsExactlyElementsOf(jobs.subList(1, 3));
  }

  @Test
  void jobsThatFailedLessOftenComeFirst() {
    List<String> jobs = blocked(3);
    assertThat(tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE))).containsExactly(jobs.get(0));
    goOn(jobs.get(0));
    block(jobs.get(0), RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(MINUTE);
    assertThat(store.recoveries().release(take().get(0), 2, MINUTE)).isEqualTo(2);
    assertThat(store.leases().claim("", 10))
        .extracting(leased -> leased.lease().uuid())
        .containsAll(jobs.subList(1, 3))
        .doesNotContain(jobs.get(0));
  }

  @Test
  void jobsThatWaitLongestComeFirstHoweverManyProbesFailed() {
    String first = blocked();
    for (int probe = 1; probe <= 3; probe++) {
      assertThat(store.recoveries().failed(due(RecoveryCondition.TRANSMISSION_FAILURE), POLICY))
          .isEmpty();
    }
    String second = blocked();

    assertThat(tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE))).containsExactly(first);
    goOn(first);
    block(first, RecoveryCondition.TRANSMISSION_FAILURE);
    assertThat(tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE))).containsExactly(second);
  }

  @Test
  void notTooManyGoOnAtOnceAndTheOthersSoon() {
    int most = RecoveryTable.MOST_TRIALS;
    int passing = most / 2 + 5;
    List<String> jobs = blocked(passing + most + 10);
    List<String> first = tryOut(due(RecoveryCondition.TRANSMISSION_FAILURE));
    clock.move(PAUSE);
    assertThat(store.recoveries().release(take().get(0), passing - 1, HOUR)).isEqualTo(passing - 1);
    pass(first);
    pass(jobs.subList(1, passing));

    assertThat(tryOut(take().get(0)))
        .containsExactlyElementsOf(jobs.subList(passing, passing + most));
    Recovery rest = take().get(0);
    assertThat(rest.passed()).isTrue();
    assertThat(tryOut(rest)).containsExactlyElementsOf(jobs.subList(passing + most, jobs.size()));
  }

  private List<String> blocked(int count) {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(blocked());
    }
    return jobs;
  }

  /** The jobs that go on then. */
  private List<String> tryOut(Recovery recovery) {
    List<String> before =
        store.leases().claim("", 100).stream().map(one -> one.lease().uuid()).toList();
    int count = store.recoveries().releaseTrials(recovery, PAUSE);
    List<String> jobs =
        store.leases().claim("", 100).stream().map(one -> one.lease().uuid()).toList();
    assertThat(before).doesNotContainAnyElementsOf(jobs);
    assertThat(jobs).hasSize(count);
    return jobs;
  }

  /** The jobs go on and come to the next state. */
  private void pass(List<String> jobs) {
    for (String job : jobs) {
      goOn(job);
      store.changes().change(job, head -> JobChange.to(JobStatus.STAGING_INPUTS, ""));
    }
  }

  private void goOn(String job) {
    store.changes().change(job, head -> JobChange.to(head.activeStatus(), "Trying again."));
  }
}
