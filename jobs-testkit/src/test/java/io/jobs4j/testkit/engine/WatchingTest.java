package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteUsage;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.EngineClosedException;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobPermissionException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.micrometer.MicrometerMetrics;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** Listeners and metrics of an engine. */
@Timeout(120)
class WatchingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final List<JobEvent> events = new CopyOnWriteArrayList<>();
  private TestSystems systems;

  @BeforeEach
  void define() throws Exception {
    systems =
        TestSystems.in(directory)
            .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    Files.writeString(systems.storage().resolve("a.txt"), "a");
  }

  @Test
  void aListenerIsToldWhatTheHistorySays() throws Exception {
    List<List<HistoryEvent>> histories = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    List<String> threads = new CopyOnWriteArrayList<>();
    try (JobsEngine engine =
        builder()
            .listener(event -> threads.add(Thread.currentThread().getName()))
            .listener(events::add)
            .start()) {
      JobsClient client = engine.client(ALICE);
      for (int i = 0; i < 20; i++) {
        ids.add(client.submit(count()).id());
      }
      for (String id : ids) {
        client.await(id, PATIENCE);
        histories.add(client.history(id));
      }
    }
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      List<JobEvent> told = events.stream().filter(event -> event.jobId().equals(id)).toList();
      assertThat(told.stream().flatMap(event -> event.steps().stream()))
          .containsExactlyElementsOf(histories.get(i));
      JobStatus last = null;
      for (JobEvent event : told) {
        assertThat(event.previous()).isEqualTo(last);
        last = event.status();
      }
      assertThat(last).isEqualTo(JobStatus.FINISHED);
      JobEvent end = told.get(told.size() - 1);
      assertThat(end.conditionCode()).isEqualTo(ConditionCode.NORMAL_COMPLETION);
      assertThat(end)
          .extracting(JobEvent::tenantId, JobEvent::owner, JobEvent::appId, JobEvent::systemId)
          .containsExactly("acme", "alice", "count-1.0", TestSystems.EXECUTION);
    }
    assertThat(threads).hasSameSizeAs(events).containsOnly("jobs4j-listener");
  }

  @Test
  void listenersThatFailOrNeverReturnHoldNothingUp() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (JobsEngine engine =
        builder()
            .listener(
                event -> {
                  throw new IllegalStateException("the listener's");
                })
            .listener(
                event -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                })
            .listener(events::add)
            .start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(count()).id();
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      await().until(() -> events.stream().anyMatch(event -> event.status().isTerminal()));
    }
  }

  @Test
  void aListenerMayActOnJobs() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    List<JobsClient> clients = new CopyOnWriteArrayList<>();
    try (JobsEngine engine =
        builder()
            .listener(
                event -> {
                  if (event.status() == JobStatus.RUNNING) {
                    clients.get(0).cancel(event.jobId());
                  }
                })
            .start()) {
      JobsClient client = engine.client(ALICE);
      clients.add(client);
      Job job = client.await(client.submit(count()).id(), PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.STOPPED);
    }
  }

  @Test
  void aWholeLifeShowsInTheMetrics() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    String id;
    try (JobsEngine engine =
        builder().metrics(new MicrometerMetrics(registry, "node", "one")).start()) {
      JobsClient client = engine.client(ALICE);
      scheduler.onSubmit(spec -> RemoteStatus.running(null));
      id = client.submit(count()).id();
      await().until(() -> gauge(registry, EngineMetricNames.JOBS_WATCHED) == 1);
      assertThat(gauge(registry, EngineMetricNames.WRITER_QUEUE)).isNotNegative();
      scheduler.move(id, RemoteStatus.exited(0, null, null));
      client.await(id, PATIENCE);
      await().until(() -> gauge(registry, EngineMetricNames.JOBS_WORKING) == 0);
      assertThat(gauge(registry, EngineMetricNames.JOBS_WATCHED)).isZero();
      for (HistoryEvent event : client.history(id)) {
        assertThat(
                count(registry, EngineMetricNames.JOB_TRANSITIONS, "status", event.status().name()))
            .as(event.status().name())
            .isEqualTo(1);
      }
    }
    assertThat(count(registry, EngineMetricNames.JOBS_SUBMITTED)).isEqualTo(1);
    assertThat(
            count(
                registry,
                EngineMetricNames.JOBS_ENDED,
                "status",
                "FINISHED",
                "condition",
                "NORMAL_COMPLETION"))
        .isEqualTo(1);
    assertThat(timed(registry, EngineMetricNames.SUBMIT, "result", "DONE")).isEqualTo(1);
    assertThat(timed(registry, EngineMetricNames.PHASE, "phase", "StageInputs", "result", "DONE"))
        .isEqualTo(1);
    assertThat(
            timed(
                registry,
                EngineMetricNames.MONITOR_QUERY,
                "system",
                TestSystems.EXECUTION,
                "result",
                "DONE"))
        .isPositive();
    assertThat(count(registry, EngineMetricNames.JOBS_CLAIMED)).isPositive();
    assertThat(count(registry, EngineMetricNames.COMMIT_CHANGES)).isPositive();
    assertThat(timed(registry, EngineMetricNames.COMMIT)).isPositive();
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(meter -> assertThat(meter.getTag("node")).isEqualTo("one"));
    assertThat(gauge(registry, EngineMetricNames.JOBS_WATCHED)).isNaN();
    try (JobsEngine engine =
        builder().metrics(new MicrometerMetrics(registry, "node", "one")).start()) {
      assertThat(engine.client(ALICE).get(id).status()).isEqualTo(JobStatus.FINISHED);
      assertThat(gauge(registry, EngineMetricNames.JOBS_WATCHED)).isZero();
    }
  }

  @Test
  void whyJobsWaitAndFailShowsInTheMetrics() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    scheduler.onSubmit(
        spec -> {
          throw new TransientAdapterException(
              RecoveryCondition.SCHEDULER_NOT_ANSWERING, "Nobody is there.", null);
        });
    try (JobsEngine engine = builder().metrics(new MicrometerMetrics(registry)).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(count()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id) == JobStatus.BLOCKED);
      client.cancel(id);
      Job job = client.await(id, PATIENCE);
      assertThat(
              count(
                  registry,
                  EngineMetricNames.JOBS_BLOCKED,
                  "condition",
                  RecoveryCondition.SCHEDULER_NOT_ANSWERING.name()))
          .isEqualTo(1);
      assertThat(
              count(
                  registry,
                  EngineMetricNames.JOBS_ENDED,
                  "status",
                  "STOPPED",
                  "condition",
                  job.conditionCode() == null ? "NONE" : job.conditionCode().name()))
          .isEqualTo(1);
      assertThat(timed(registry, EngineMetricNames.PHASE, "phase", "Submit", "result", "FAILED"))
          .isEqualTo(1);
    }
  }

  @Test
  void futuresCompleteWithTheEndsOfTheirJobs() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    CompletableFuture<Job> late;
    String goesOn;
    try (JobsEngine engine = builder().start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(count()).id();
      goesOn = client.submit(count()).id();
      CompletableFuture<Job> end = client.completion(id);
      CompletableFuture<Job> cancelled = client.completion(id);
      late = client.completion(goesOn);
      assertThat(cancelled.cancel(true)).isTrue();
      await().until(() -> LifecycleTest.visibleStatus(client, id) == JobStatus.RUNNING);
      assertThat(end).isNotDone();
      scheduler.move(id, RemoteStatus.exited(0, null, null));
      assertThat(end.get(60, TimeUnit.SECONDS).status()).isEqualTo(JobStatus.FINISHED);
      // Of one that is over.
      assertThat(client.completion(id).get(60, TimeUnit.SECONDS).id()).isEqualTo(id);
      assertThat(late).isNotDone();
      assertThatThrownBy(() -> client.completion("abc")).isInstanceOf(JobNotFoundException.class);
      assertThatThrownBy(() -> engine.client(Caller.of("acme", "bob")).completion(id))
          .isInstanceOf(JobPermissionException.class);
    }
    assertThatThrownBy(() -> late.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(EngineClosedException.class);
  }

  @Test
  void futuresCompleteWithoutNewsOfTheEnd() throws Exception {
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
    try (JobsEngine front = onMemory(memory).workers(0).start()) {
      String id = front.client(ALICE).submit(count()).id();
      CompletableFuture<Job> end = front.client(ALICE).completion(id);
      try (JobsEngine worker = onMemory(memory).start()) {
        worker.wake();
        assertThat(end.get(60, TimeUnit.SECONDS).status()).isEqualTo(JobStatus.FINISHED);
      }
    }
  }

  @Test
  void jobsThatAreTakenOverAndLeasesThatAreLostAreCounted() throws Exception {
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String id;
    try (JobsEngine engine = onMemory(memory).start()) {
      JobsClient client = engine.client(ALICE);
      id = client.submit(count()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id) == JobStatus.RUNNING);
    }
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (JobsEngine engine = onMemory(memory).metrics(new MicrometerMetrics(registry)).start()) {
      await().until(() -> gauge(registry, EngineMetricNames.JOBS_WATCHED) == 1);
      assertThat(count(registry, EngineMetricNames.JOBS_ADOPTED)).isEqualTo(1);
      assertThat(registry.find(EngineMetricNames.LEASES_LOST).counter()).isNull();
      declareAllDead(memory);
      await().until(() -> count(registry, EngineMetricNames.JOBS_ADOPTED) == 2);
      assertThat(count(registry, EngineMetricNames.LEASES_LOST)).isEqualTo(1);
      await().until(() -> gauge(registry, EngineMetricNames.JOBS_WATCHED) == 1);
      scheduler.move(id, RemoteStatus.exited(0, null, null));
      assertThat(engine.client(ALICE).await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      assertThat(scheduler.launches(id)).isEqualTo(1);
    }
  }

  /** Does what another engine does with those that give no sign of life. */
  private static void declareAllDead(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate("DELETE FROM jobs4j_engine");
      statement.executeUpdate(
          "UPDATE jobs4j_job_queue SET state = 'O', engine = NULL, fence = fence + 1 WHERE state = 'W'");
      connection.commit();
    }
  }

  private JobsEngineBuilder onMemory(DataSource database) {
    return JobsEngine.builder()
        .dataSource(database)
        .durability(Durability.NONE)
        .lease(Duration.ofSeconds(3))
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  @Test
  void whatIsSaidOfAJobHasItsIdInTheLoggingContext() throws Exception {
    Map<String, String> worker = new ConcurrentHashMap<>();
    Map<String, String> listener = new ConcurrentHashMap<>();
    scheduler.onSubmit(
        spec -> {
          worker.put(spec.attempt().key().replaceAll("-[0-9]+$", ""), jobInContext());
          return RemoteStatus.exited(0, null, null);
        });
    List<String> ids = new ArrayList<>();
    try (JobsEngine engine =
        builder()
            .workers(1)
            .listener(event -> listener.merge(event.jobId(), jobInContext(), (a, b) -> a + b))
            .start()) {
      JobsClient client = engine.client(ALICE);
      for (int i = 0; i < 3; i++) {
        ids.add(client.submit(count()).id());
      }
      for (String id : ids) {
        client.await(id, PATIENCE);
      }
      assertThat(MDC.get(JobsEngine.MDC_JOB_ID)).isNull();
    }
    assertThat(worker).hasSize(3).allSatisfy((id, said) -> assertThat(said).isEqualTo(id));
    assertThat(listener)
        .hasSize(3)
        .allSatisfy((id, said) -> assertThat(said.replace(id, "")).isEmpty());
  }

  private static String jobInContext() {
    return String.valueOf(MDC.get(JobsEngine.MDC_JOB_ID));
  }

  @Test
  void metricsThatThrowHoldNothingUp() throws Exception {
    EngineMetrics broken =
        new EngineMetrics() {
          @Override
          public void count(String name, long amount, String... tags) {
            throw new IllegalStateException("count");
          }

          @Override
          public void time(String name, Duration duration, String... tags) {
            throw new NoClassDefFoundError("time");
          }

          @Override
          public void gauge(String name, Supplier<Number> value, String... tags) {
            throw new IllegalStateException("gauge");
          }
        };
    try (JobsEngine engine = builder().metrics(broken).listener(events::add).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(count()).id();
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      await().until(() -> events.stream().anyMatch(event -> event.status().isTerminal()));
    }
  }

  private static double count(SimpleMeterRegistry registry, String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private static long timed(SimpleMeterRegistry registry, String name, String... tags) {
    return registry.get(name).tags(tags).timer().count();
  }

  private static double gauge(SimpleMeterRegistry registry, String name) {
    return registry.get(name).gauge().value();
  }

  @Test
  void whatASchedulerSaysOfAJobIsShownWithIt() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.queued(""));
    try (JobsEngine engine = builder().start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(count()).id();
      await().atMost(PATIENCE).until(() -> scheduler.launches(id) == 1);
      scheduler.move(id, RemoteStatus.queued("Waits for other jobs (Priority)."));
      awaitMessage(client, id, "Waits for other jobs (Priority).");
      assertThat(client.status(id)).isEqualTo(JobStatus.QUEUED);
      scheduler.move(id, RemoteStatus.running(null));
      awaitMessage(client, id, JobStatus.RUNNING.description());
      scheduler.move(id, RemoteStatus.running(null).withReason("Suspended."));
      awaitMessage(client, id, "Suspended.");
      scheduler.move(id, RemoteStatus.queued("Requeued."));
      awaitMessage(client, id, "Requeued.");
      RemoteUsage used =
          new RemoteUsage(
              Duration.ofSeconds(61), Duration.ofSeconds(2), OptionalLong.of(3 << 20), "n1");
      scheduler.move(id, RemoteStatus.exited(0, null, null).withUsage(used));
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      List<HistoryEvent> history = client.history(id);
      HistoryChecker.checkEnded(history);
      assertThat(history)
          .filteredOn(event -> event.status() == JobEventName.CLEANING_UP)
          .extracting(HistoryEvent::description)
          .singleElement()
          .asString()
          .endsWith(
              ". It ran for 00:01:01, used 00:00:02 of processor time, held at most 3 MiB, was on"
                  + " n1.");
    }
  }

  private static void awaitMessage(JobsClient client, String id, String message) {
    await().atMost(PATIENCE).until(() -> client.get(id).lastStatusMessage(), message::equals);
  }

  private JobsEngineBuilder builder() {
    return JobsEngine.builder()
        .database(directory.resolve("database"))
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  private static JobRequest count() {
    return JobRequest.builder("count", "count-1.0").input("text", "a.txt").archive(true).build();
  }
}
