package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that wait for something to clear. */
@Timeout(120)
class RecoveryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller ALICE = Caller.of("acme", "alice");
  private static final RecoveryCondition AWAY = RecoveryCondition.SCHEDULER_NOT_ANSWERING;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SettableClock clock = new SettableClock(JobsExtension.START);
  private RecoveryPolicies policies = RecoveryPolicies.defaults();
  private TestSystems systems;

  @BeforeEach
  void define() {
    systems = TestSystems.in(directory).app("hello", "echo hello");
    schedulerIsAway(true);
  }

  @Test
  void jobsThatWaitForTheSameShareOneProbeAndGoOnInBatches() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      List<String> ids = submit(client, 35);
      ids.forEach(id -> awaitBlocked(client, id));
      int probes = scheduler.probes();
      for (int attempt = 1; attempt <= 2; attempt++) {
        clock.advance(Duration.ofSeconds(10));
        int expected = probes + attempt;
        await().until(() -> scheduler.probes() == expected);
        awaitNextAttempt(client, ids.get(0), attempt == 1 ? 10 : 20);
      }
      assertThat(ids).allMatch(id -> client.status(id) == JobStatus.BLOCKED);
      schedulerIsAway(false);
      clock.advance(Duration.ofSeconds(20));
      for (String id : ids) {
        Job job = client.await(id, PATIENCE);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
        assertThat(job.blockedCount()).isEqualTo(1);
        assertThat(job.blockedOn()).isNull();
      }
      assertThat(scheduler.probes() - probes).as("one for a batch of ten").isBetween(6, 7);
      HistoryChecker.checkAllEnded(client, ids);
    }
  }

  @Test
  void aJobThatHasWaitedForAllAttemptsFails() throws Exception {
    policies = policies.with(AWAY, RecoveryPolicy.constant(MINUTE, 2, null));
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      String first = submit(client, 1).get(0);
      awaitBlocked(client, first);
      clock.advance(MINUTE);
      awaitNextAttempt(client, first, 60);
      // One that comes later has attempts of its own.
      String second = submit(client, 1).get(0);
      awaitBlocked(client, second);
      clock.advance(MINUTE);
      Job failed = client.await(first, PATIENCE);
      assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
      assertThat(failed.conditionCode()).isEqualTo(ConditionCode.JOB_RECOVERY_TIMEOUT);
      assertThat(failed.lastStatusMessage())
          .isEqualTo(
              "The job waited for SCHEDULER_NOT_ANSWERING on execution to clear and was given up,"
                  + " because 2 attempts were made.");
      awaitNextAttempt(client, second, 60);
      assertThat(client.status(second)).isEqualTo(JobStatus.BLOCKED);
      clock.advance(MINUTE);
      assertThat(client.await(second, PATIENCE).status()).isEqualTo(JobStatus.FAILED);
    }
  }

  @Test
  void anEngineThatStartsLooksAtOnceWhetherJobsCanGoOn() throws Exception {
    String id;
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      id = submit(client, 1).get(0);
      awaitBlocked(client, id);
    }
    schedulerIsAway(false);
    // The clock stands still: no attempt of the policy is due.
    try (JobsEngine engine = start()) {
      Job job = engine.client(ALICE).await(id, PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    }
  }

  @Test
  void theDeadlineOutlivesTheEngine() throws Exception {
    policies = policies.with(AWAY, RecoveryPolicy.constant(MINUTE, 0, Duration.ofMinutes(10)));
    String id;
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      id = submit(client, 1).get(0);
      awaitBlocked(client, id);
    }
    clock.advance(Duration.ofMinutes(9));
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      awaitNextAttempt(client, id, 60);
      assertThat(client.status(id)).isEqualTo(JobStatus.BLOCKED);
    }
    clock.advance(MINUTE);
    try (JobsEngine engine = start()) {
      Job failed = engine.client(ALICE).await(id, PATIENCE);
      assertThat(failed.conditionCode()).isEqualTo(ConditionCode.JOB_RECOVERY_TIMEOUT);
      assertThat(failed.lastStatusMessage()).endsWith("because it was blocked for PT10M.");
    }
  }

  @Test
  void aJobThatIsBlockedOnTheSameAgainHasNoNewDeadline() throws Exception {
    policies = policies.with(AWAY, RecoveryPolicy.constant(MINUTE, 3, null));
    // It can be reached, and yet takes no job.
    scheduler.onProbe(() -> {});
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      String id = submit(client, 1).get(0);
      awaitBlocked(client, id);
      for (int attempt = 1; attempt <= 3; attempt++) {
        clock.advance(MINUTE);
        int expected = attempt + 1;
        await().until(() -> client.get(id).blockedCount() == expected);
        awaitNextAttempt(client, id, 60);
      }
      clock.advance(MINUTE);
      assertThat(client.await(id, PATIENCE).conditionCode())
          .isEqualTo(ConditionCode.JOB_RECOVERY_TIMEOUT);
    }
  }

  @Test
  void aCancelDoesNotWait() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      List<String> ids = submit(client, 2);
      ids.forEach(id -> awaitBlocked(client, id));
      // Whether the attempt was launched must be known before the job can be said to be stopped.
      client.cancel(ids.get(0));
      Job stopped = client.await(ids.get(0), PATIENCE);
      assertThat(stopped.status()).isEqualTo(JobStatus.STOPPED);
      assertThat(stopped.conditionCode()).isEqualTo(ConditionCode.CANCELLED_BY_USER);
      assertThat(client.status(ids.get(1))).isEqualTo(JobStatus.BLOCKED);
      HistoryChecker.checkEnded(client.history(ids.get(0)));
    }
  }

  @Test
  void aBlockedJobCanBePausedAndGoesOnWhereItWasBlocked() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      String id = submit(client, 1).get(0);
      awaitBlocked(client, id);
      client.pause(id);
      await().until(() -> client.status(id) == JobStatus.PAUSED);
      schedulerIsAway(false);
      clock.advance(Duration.ofMinutes(30));
      client.resume(id);
      Job job = client.await(id, PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      assertThat(HistoryChecker.checkEnded(client.history(id)))
          .containsSubsequence(
              JobStatus.SUBMITTING, JobStatus.BLOCKED, JobStatus.PAUSED, JobStatus.SUBMITTING);
    }
  }

  @Test
  void aJobThatCannotBeSeenIsBlockedAndGoesOnWhenItCanBe() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String reason = "The job runs on host a and cannot be seen from host b";
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      List<String> ids = submit(client, 3);
      for (String id : ids) {
        await().until(() -> client.status(id) == JobStatus.RUNNING);
        scheduler.move(id, RemoteStatus.unseen(reason));
        awaitBlocked(client, id);
        assertThat(client.get(id).lastStatusMessage())
            .isEqualTo("JOB_NOT_VISIBLE: " + reason + ".");
      }
      int entries = client.history(ids.get(0)).size();
      for (int attempt = 1; attempt <= 2; attempt++) {
        clock.advance(Duration.ofSeconds(10));
        awaitNextAttempt(client, ids.get(0), attempt == 1 ? 10 : 20);
      }
      assertThat(client.history(ids.get(0))).as("looks are not told of").hasSize(entries);
      assertThat(ids).allMatch(id -> client.status(id) == JobStatus.BLOCKED);

      scheduler.move(ids.get(0), RemoteStatus.running(null));
      scheduler.move(ids.get(1), RemoteStatus.exited(3, null, null));
      clock.advance(Duration.ofSeconds(20));

      await().until(() -> client.status(ids.get(0)) == JobStatus.RUNNING);
      assertThat(client.await(ids.get(1), PATIENCE).status()).isEqualTo(JobStatus.FAILED);
      assertThat(client.status(ids.get(2))).isEqualTo(JobStatus.BLOCKED);
      assertThat(HistoryChecker.checkEnded(client.history(ids.get(1))))
          .containsSubsequence(JobStatus.RUNNING, JobStatus.BLOCKED, JobStatus.RUNNING);
    }
  }

  @Test
  void aCancelWaitsForAJobThatCannotBeSeen() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    scheduler.obeysCancel(false);
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(ALICE);
      String id = submit(client, 1).get(0);
      await().until(() -> client.status(id) == JobStatus.RUNNING);
      scheduler.move(id, RemoteStatus.unseen("The job runs elsewhere"));
      awaitBlocked(client, id);

      client.cancel(id);
      await().until(() -> scheduler.wasCancelled(id));
      assertThat(client.status(id).isTerminal()).isFalse();

      scheduler.obeysCancel(true);
      scheduler.move(id, RemoteStatus.running(null));
      await()
          .until(
              () -> {
                clock.advance(Duration.ofSeconds(10));
                return client.status(id) == JobStatus.STOPPED;
              });
    }
  }

  private void schedulerIsAway(boolean away) {
    scheduler.onSubmit(
        spec -> {
          if (away) {
            throw new TransientAdapterException(AWAY, "Nobody is there.", null);
          }
          return RemoteStatus.exited(0, null, null);
        });
    scheduler.onProbe(
        () -> {
          if (away) {
            throw new TransientAdapterException(AWAY, "Nobody is there.", null);
          }
        });
  }

  private JobsEngine start() {
    JobsEngineBuilder builder =
        JobsEngine.builder()
            .database(directory.resolve("database"))
            .catalog(systems.catalog())
            .clock(clock)
            .recovery(policies)
            .adapter(scheduler)
            .adapter(new NoCommands());
    JobsEngine engine = builder.start();
    clock.onMove(engine::wake);
    return engine;
  }

  private static List<String> submit(JobsClient client, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(client.submit(JobRequest.builder("hello", "hello-1.0").build()).id());
    }
    return ids;
  }

  private static void awaitBlocked(JobsClient client, String id) {
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.BLOCKED::equals);
  }

  private void awaitNextAttempt(JobsClient client, String id, int seconds) {
    await().until(() -> clock.instant().plusSeconds(seconds).equals(client.get(id).nextAttempt()));
  }
}
