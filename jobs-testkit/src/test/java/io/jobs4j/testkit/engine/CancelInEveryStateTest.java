package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.TenantQueue;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cancel that was stored is carried out whatever state the next engine finds the job in. */
class CancelInEveryStateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<JobStatus> PATH =
      JobTransitions.longestPath().stream()
          .filter(status -> status.isVisible() && status.isActive())
          .toList();

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      names = {"ACCEPTED", "FINISHED", "STOPPED", "FAILED"},
      mode = EnumSource.Mode.EXCLUDE)
  void theJobIsStopped(JobStatus status) throws Exception {
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello");
    ScriptedScheduler scheduler =
        new ScriptedScheduler().onSubmit(spec -> RemoteStatus.running(null));
    String id = storedJob(status);

    try (JobsEngine engine =
        JobsEngine.builder()
            .database(directory.resolve("database"))
            .catalog(systems.catalog())
            .adapter(scheduler)
            .adapter(new NoCommands())
            .start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      Job job = client.await(id, PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.STOPPED);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.CANCELLED_BY_USER);
      assertThat(job.lastStatusMessage()).isEqualTo("Job cancelled by alice.");
      assertThat(job.ended()).isNotNull();
      HistoryChecker.checkEnded(client.history(id));
      assertThat(scheduler.launches(id)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STAGING_INPUTS", "STAGED", "STAGING_JOB", "ARCHIVING"})
  void whatAttemptsBeforeHaveBegunToWriteIsDeleted(JobStatus status) throws Exception {
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello");
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    String id = storedJob(Database.of(database, Durability.NONE), status, "work");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE jobs4j_job_queue SET fence = 1");
    }
    Path work = Files.createDirectories(systems.execution().resolve("work/sub"));
    Path begun = Files.createFile(work.resolve(temporary(id + ".1")));
    Path brokeOff = Files.createFile(work.resolve(temporary(id + ".2")));
    Path foreign = Files.createFile(work.resolve(temporary("another.1")));

    try (JobsEngine engine =
        JobsEngine.builder()
            .dataSource(database)
            .durability(Durability.NONE)
            .catalog(systems.catalog())
            .adapter(new ScriptedScheduler())
            .adapter(new NoCommands())
            .start()) {
      Job job = engine.client(Caller.of("acme", "alice")).await(id, PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.STOPPED);
    }
    assertThat(begun).doesNotExist();
    assertThat(brokeOff).doesNotExist();
    assertThat(foreign).exists();
  }

  private static String temporary(String tag) {
    return ".jobs4j-" + tag + "-" + UUID.randomUUID() + ".part";
  }

  private String storedJob(JobStatus status) {
    return storedJob(
        Database.inDirectory(directory.resolve("database"), Durability.POWER), status, "/work");
  }

  private static String storedJob(Database database, JobStatus status, String workPath) {
    String uuid = UUID.randomUUID().toString();
    try (Store store = new Store(database, Clock.systemUTC())) {
      store.jobs().insert(record(uuid, store.clock().instant()), "{}");
      boolean held = status == JobStatus.BLOCKED || status == JobStatus.PAUSED;
      JobStatus last = held ? JobStatus.STAGED : status;
      for (JobStatus next : PATH.subList(0, PATH.indexOf(last) + 1)) {
        store
            .changes()
            .change(
                uuid,
                head -> {
                  JobChange change = JobChange.to(next, "on the way").workPath(workPath);
                  return next == JobStatus.SUBMITTING ? change.countSubmitAttempt() : change;
                });
      }
      if (held) {
        store.changes().change(uuid, head -> JobChange.to(status, "held").dueAt(null));
      }
      store.requests().cancel(uuid, "alice");
    }
    return uuid;
  }

  private static Job record(String uuid, Instant now) {
    return Job.builder()
        .set(Job.Field.ID, uuid)
        .set(Job.Field.NAME, "hello")
        .set(Job.Field.TENANT_ID, "acme")
        .set(Job.Field.TENANT_QUEUE, TenantQueue.defaultName("acme"))
        .set(Job.Field.STATUS, JobStatus.ACCEPTED)
        .set(Job.Field.LAST_STATUS_MESSAGE, "accepted")
        .set(Job.Field.ACCEPTED, now)
        .set(Job.Field.LAST_UPDATED, now)
        .set(Job.Field.OWNER, "alice")
        .set(Job.Field.SYSTEM_ID, TestSystems.EXECUTION)
        .set(Job.Field.APP_ID, "hello-1.0")
        .set(Job.Field.APP_UUID, "hello")
        .build();
  }
}
