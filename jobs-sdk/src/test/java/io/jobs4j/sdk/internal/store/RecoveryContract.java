package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.Waiting;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.MovedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocked jobs, and places within limits, whatever database it is. */
@Timeout(120)
abstract class RecoveryContract {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  static final RecoveryPolicy POLICY = RecoveryPolicy.constant(MINUTE, 0, HOUR);
  private static final Quota.SystemKey SYSTEM = new Quota.SystemKey("", "system");
  private static final Quota ONE =
      new Quota(SYSTEM, new Quota.Place("acme/alice", "", "app-1"), Map.of(Quota.Kind.SYSTEM, 1));

  private final MovedClock clock = new MovedClock(Stored.START);
  Store store;

  abstract Database open();

  @BeforeEach
  void openStore() {
    store = new Store(open(), clock);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void troubleThatComesBackAtOnceHasOneDeadline() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(Duration.ofMinutes(50));
    resume(RecoveryCondition.TRANSMISSION_FAILURE, job);
    clock.move(Duration.ofMinutes(9));
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(MINUTE);
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).containsExactly(job);
  }

  @Test
  void troubleThatComesBackAfterLongHasADeadlineOfItsOwn() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(MINUTE);
    resume(RecoveryCondition.TRANSMISSION_FAILURE, job);
    clock.move(HOUR.multipliedBy(5));
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(HOUR.minus(MINUTE));
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).isEmpty();
    clock.move(MINUTE);
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).containsExactly(job);
  }

  @Test
  void theTimeToWorkIsCountedFromWhenTheJobGoesOnAndNotFromItsRelease() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(MINUTE);
    store.recoveries().release(due(RecoveryCondition.TRANSMISSION_FAILURE), 10, MINUTE);
    // Nobody has a worker for it.
    clock.move(HOUR.multipliedBy(5));
    store.changes().change(job, head -> JobChange.to(JobStatus.PROCESSING_INPUTS, "Trying again."));
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).containsExactly(job);
  }

  @Test
  void theNextStateHasADeadlineOfItsOwn() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(Duration.ofMinutes(50));
    resume(RecoveryCondition.TRANSMISSION_FAILURE, job);
    store.changes().change(job, head -> JobChange.to(JobStatus.STAGING_INPUTS, ""));
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    clock.move(Duration.ofMinutes(59));
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).isEmpty();
    clock.move(MINUTE);
    assertThat(expired(RecoveryCondition.TRANSMISSION_FAILURE)).containsExactly(job);
  }

  @Test
  void aJobThatIsReleasedHasItsPlaceBeforeAWorkerComesToIt() {
    LeasedJob active = claimed();
    assertThat(admit(active)).isEqualTo(JobStatus.PROCESSING_INPUTS);
    LeasedJob waiting = claimed();
    assertThat(admit(waiting)).isEqualTo(JobStatus.BLOCKED);
    end(active);
    assertThat(releaseWithinLimits()).isEqualTo(1);
    LeasedJob later = claimed(waiting);
    assertThat(admit(later)).isEqualTo(JobStatus.BLOCKED);
    assertThat(admit(goOn(waiting))).isEqualTo(JobStatus.PROCESSING_INPUTS);
    assertThat(releaseWithinLimits()).isZero();
  }

  @Test
  void aReleasedJobThatEndsGivesItsPlaceBack() {
    LeasedJob active = claimed();
    assertThat(admit(active)).isEqualTo(JobStatus.PROCESSING_INPUTS);
    LeasedJob cancelled = claimed();
    LeasedJob next = claimed();
    assertThat(admit(cancelled)).isEqualTo(JobStatus.BLOCKED);
    assertThat(admit(next)).isEqualTo(JobStatus.BLOCKED);
    end(active);
    assertThat(releaseWithinLimits()).isEqualTo(1);
    assertThat(releaseWithinLimits()).isZero();
    store.changes().change(cancelled.lease().uuid(), head -> JobChange.to(JobStatus.STOPPED, ""));
    assertThat(releaseWithinLimits()).isEqualTo(1);
    assertThat(admit(goOn(next))).isEqualTo(JobStatus.PROCESSING_INPUTS);
  }

  @Test
  void aPausedJobTakesNoPlaceAndLeavesNothingWaiting() {
    LeasedJob active = claimed();
    assertThat(admit(active)).isEqualTo(JobStatus.PROCESSING_INPUTS);
    LeasedJob paused = claimed();
    LeasedJob next = claimed();
    assertThat(admit(paused)).isEqualTo(JobStatus.BLOCKED);
    assertThat(admit(next)).isEqualTo(JobStatus.BLOCKED);
    String uuid = paused.lease().uuid();
    store.requests().pause(uuid, "alice");
    store.changes().change(uuid, head -> JobChange.to(JobStatus.PAUSED, "").dueAt(null));
    end(active);
    assertThat(releaseWithinLimits()).isEqualTo(1);
    assertThat(admit(goOn(next))).isEqualTo(JobStatus.PROCESSING_INPUTS);
    store.requests().resume(uuid);
    store.changes().change(uuid, head -> JobChange.to(JobStatus.PENDING, "Job resumed."));
    assertThat(admit(store.leases().claim("", 1).get(0))).isEqualTo(JobStatus.BLOCKED);
    end(next);
    assertThat(releaseWithinLimits()).isEqualTo(1);
    assertThat(store.recoveries().next()).isEmpty();
  }

  @Test
  void whatNothingIsKnownOfWaitsForTheNextRound() {
    LeasedJob active = claimed();
    assertThat(admit(active)).isEqualTo(JobStatus.PROCESSING_INPUTS);
    assertThat(admit(claimed())).isEqualTo(JobStatus.BLOCKED);
    end(active);
    Recovery quota = due(RecoveryCondition.QUOTA_EXCEEDED);
    assertThat(store.recoveries().waiting(quota))
        .containsExactly(new Waiting("acme", "alice", "system", "app-1", null));
    assertThat(store.recoveries().releaseWithin(quota, SYSTEM, Map.of(), 10, MINUTE)).isZero();
    assertThat(releaseWithinLimits()).isEqualTo(1);
  }

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

  private String blocked() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    return job;
  }

  @Test
  void jobsThatWaitAreReadPageByPage() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String uuid = inState(JobStatus.PENDING);
      block(uuid, RecoveryCondition.SYSTEM_NOT_AVAILABLE);
      uuids.add(uuid);
    }
    Recovery recovery = due(RecoveryCondition.SYSTEM_NOT_AVAILABLE);

    List<StoredJob> first = store.recoveries().waitingJobs(recovery, 0, 2);
    assertThat(first)
        .extracting(job -> job.job().id())
        .containsExactlyElementsOf(uuids.subList(0, 2));
    assertThat(store.recoveries().waitingJobs(recovery, first.get(1).id(), 2))
        .extracting(job -> job.job().id())
        .containsExactly(uuids.get(2));
  }

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
      String job =
          inState(
              JobStatus.PENDING,
              JobStatus.PROCESSING_INPUTS,
              JobStatus.STAGED,
              JobStatus.STAGING_JOB,
              JobStatus.SUBMITTING,
              JobStatus.QUEUED,
              JobStatus.RUNNING,
              JobStatus.CLEANING_UP,
              JobStatus.ARCHIVING);
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

  private List<Recovery> take() {
    return store.recoveries().takeDue(HOUR, 10);
  }

  private int releaseWithinLimits() {
    clock.move(MINUTE);
    List<Recovery> due = new ArrayList<>(store.recoveries().takeDue(Duration.ofSeconds(1), 10));
    if (due.isEmpty()) {
      return 0;
    }
    Map<Waiting, Quota> limits = new HashMap<>();
    store.recoveries().waiting(due.get(0)).forEach(job -> limits.put(job, ONE));
    return store.recoveries().releaseWithin(due.get(0), SYSTEM, limits, 10, Duration.ofSeconds(1));
  }

  private Recovery due(RecoveryCondition condition) {
    clock.move(MINUTE);
    List<Recovery> due = store.recoveries().takeDue(Duration.ofSeconds(1), 10);
    assertThat(due).extracting(Recovery::condition).containsExactly(condition);
    return due.get(0);
  }

  private List<String> expired(RecoveryCondition condition) {
    Blockage blockage = blockage(condition);
    Recovery recovery =
        new Recovery(
            blockage.id(), blockage.tenantId(), condition, blockage.subject(), 1, false, false);
    return store.recoveries().expired(recovery, POLICY).stream().map(Expired::uuid).toList();
  }

  final String inState(JobStatus... path) {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    JobChange change = JobChange.NONE;
    for (JobStatus next : path) {
      change = change.then(next, "");
    }
    JobChange all = change;
    store.changes().change(job.id(), head -> all);
    return job.id();
  }

  private void block(String uuid, RecoveryCondition condition) {
    store
        .changes()
        .change(uuid, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage(condition)));
  }

  /** Lets all that wait go on; a worker takes up the job at once. */
  private void resume(RecoveryCondition condition, String uuid) {
    Blockage blockage = blockage(condition);
    Recovery recovery =
        new Recovery(
            blockage.id(), blockage.tenantId(), condition, blockage.subject(), 1, false, false);
    assertThat(store.recoveries().release(recovery, 10, MINUTE)).isEqualTo(1);
    store.changes().change(uuid, head -> JobChange.to(head.activeStatus(), "Trying again."));
  }

  private static Blockage blockage(RecoveryCondition condition) {
    return new Blockage("acme", condition, "system", POLICY);
  }

  private LeasedJob claimed(LeasedJob... others) {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    List<LeasedJob> claimed = store.leases().claim("", 10);
    assertThat(claimed).hasSize(others.length + 1);
    return claimed.stream()
        .filter(one -> one.lease().uuid().equals(job.id()))
        .findFirst()
        .orElseThrow();
  }

  /** A worker takes a job that was released. */
  private LeasedJob goOn(LeasedJob job) {
    String uuid = job.lease().uuid();
    store.changes().change(uuid, head -> JobChange.to(head.activeStatus(), "Trying again."));
    return store.leases().claim("", 1).get(0);
  }

  private JobStatus admit(LeasedJob job) {
    JobChange before =
        job.job().job().status() == JobStatus.ACCEPTED
            ? JobChange.to(JobStatus.PENDING, "")
            : JobChange.NONE;
    return Store.result(
            store
                .changes()
                .changeLater(
                    job.lease(),
                    ONE,
                    head -> before.then(JobStatus.PROCESSING_INPUTS, "").dueAsBefore(),
                    head ->
                        before
                            .then(JobStatus.BLOCKED, "")
                            .blockedOn(blockage(RecoveryCondition.QUOTA_EXCEEDED))))
        .after()
        .status();
  }

  private void end(LeasedJob job) {
    store.changes().change(job.lease().uuid(), head -> JobChange.to(JobStatus.FAILED, ""));
  }
}
