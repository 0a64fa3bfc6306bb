package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Quota;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Places within a limit: who has one, and who gets one that is free. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_IN_MEMORY", "POSTGRESQL"})
class PlacesTest extends RecoveryFixture {
  private static final Quota.SystemKey SYSTEM = new Quota.SystemKey("", "system");
  private static final Quota ONE =
      new Quota(SYSTEM, new Quota.Place("acme/alice", "", "app-1"), Map.of(Quota.Kind.SYSTEM, 1));

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
