package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.Expired;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How long jobs stay blocked, and in which order they are found. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_IN_MEMORY", "POSTGRESQL"})
class RecoveriesTest extends RecoveryFixture {
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

  private List<String> expired(RecoveryCondition condition) {
    Blockage blockage = blockage(condition);
    Recovery recovery =
        new Recovery(
            blockage.id(), blockage.tenantId(), condition, blockage.subject(), 1, false, false);
    return store.recoveries().expired(recovery, POLICY).stream().map(Expired::uuid).toList();
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
}
