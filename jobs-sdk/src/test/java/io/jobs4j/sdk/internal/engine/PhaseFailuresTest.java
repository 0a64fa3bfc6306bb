package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.PhaseResult;
import io.jobs4j.sdk.internal.phase.ResultChanges;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhaseFailuresTest {
  private static final Instant NOW = Instant.parse("2030-01-02T03:04:05Z");

  private final TransientAdapterException away =
      new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE, "storage", "Nobody is there.", null);
  private final PermanentAdapterException hopeless =
      new PermanentAdapterException(ConditionCode.JOB_LAUNCH_FAILURE, "It is no script.");

  private static final StoredJob ACCEPTED = accepted();

  private final PhaseFailures failures = new PhaseFailures(() -> NOW);

  @Test
  void whatIsAwayBlocksAJobUnlessItsSchedulerHasIt() {
    assertThat(failures.of(job(JobStatus.STAGING_INPUTS), away, false))
        .isEqualTo(
            new PhaseResult.Block(
                RecoveryCondition.SYSTEM_NOT_AVAILABLE, "storage", "Nobody is there."));
    requireWait(failures.of(job(JobStatus.RUNNING), away, false), 60, false);
    requireWait(failures.of(job(JobStatus.ACCEPTED), away, false), 60, false);
    requireWait(failures.of(job(JobStatus.STAGING_INPUTS), away, true), 10, false);
  }

  @Test
  void aJobThatMayBeRunningIsTriedAgainMoreAndMoreRarelyAndTheHistorySaysSoOnce() {
    StoredJob job = job(JobStatus.RUNNING);
    requireWait(failures.of(job, hopeless, false), 60, true);
    requireWait(failures.of(job, hopeless, false), 120, false);
    requireWait(failures.of(job, new IllegalStateException(), false), 240, true);
    failures.clear(job.job().id());
    requireWait(failures.of(job, new IllegalStateException(), false), 60, true);
    requireWait(failures.of(job(JobStatus.STAGED), hopeless, true), 20, true);
  }

  @Test
  void whatIsHopelessFailsTheJob() {
    assertThat(failures.of(job(JobStatus.STAGING_JOB), hopeless, false))
        .isEqualTo(new PhaseResult.Fail(ConditionCode.JOB_LAUNCH_FAILURE, "It is no script."));
    assertThat(failures.of(job(JobStatus.STAGING_JOB), new IllegalStateException("oh"), false))
        .isEqualTo(
            new PhaseResult.Fail(
                ConditionCode.JOB_INTERNAL_ERROR,
                "The job failed because of an internal error: java.lang.IllegalStateException:"
                    + " oh"));
    assertThat(failures.of(job(JobStatus.STAGING_JOB), new StackOverflowError(), false))
        .isInstanceOf(PhaseResult.Fail.class);
  }

  @Test
  void aJobFailsForTheProcessOnlyAfterSeveralTries() {
    StoredJob job = job(JobStatus.STAGING_JOB);
    for (int times = 0; times < 6; times++) {
      requireWait(failures.of(job, new OutOfMemoryError("heap"), false), 1L << times, times == 0);
    }
    assertThat(failures.of(job, new OutOfMemoryError("heap"), false))
        .isInstanceOf(PhaseResult.Fail.class);
    requireWait(failures.of(job, new OutOfMemoryError("heap"), false), 1, true);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"FINISHED", "STOPPED", "FAILED"})
  void failuresLeadOnlyToStatesThatMayFollow(JobStatus status) {
    StoredJob job = job(status);
    for (Throwable error :
        List.of(away, hopeless, new IllegalStateException(), new OutOfMemoryError())) {
      for (boolean cancels : new boolean[] {false, true}) {
        JobChange change = failures.of(job, error, cancels).accept(new ResultChanges(job));
        assertThat(Applied.expected(job, change, NOW).job().id()).isEqualTo(job.job().id());
      }
    }
  }

  private static void requireWait(PhaseResult result, long seconds, boolean says) {
    assertThat(result)
        .isInstanceOfSatisfying(
            PhaseResult.WaitUntil.class,
            wait -> {
              assertThat(wait.time()).isEqualTo(NOW.plus(Duration.ofSeconds(seconds)));
              assertThat(wait.change().steps()).hasSize(says ? 1 : 0);
            });
  }

  private static StoredJob accepted() {
    try (Store store = new Store(Database.inMemory(), Clock.systemUTC())) {
      String uuid = Samples.accepted(store, UUID.randomUUID().toString(), "system");
      return store.jobs().load(uuid).orElseThrow();
    }
  }

  private static StoredJob job(JobStatus status) {
    var job = ACCEPTED.job().toBuilder().set(Job.Field.STATUS, status).build();
    boolean held = status == JobStatus.BLOCKED || status == JobStatus.PAUSED;
    return new StoredJob(1, job, 1, 1, held ? JobStatus.STAGED : null, null, null, false, null);
  }
}
