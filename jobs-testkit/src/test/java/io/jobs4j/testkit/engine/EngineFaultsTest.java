package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.OutputFile;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testkit.TestSystems;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that fail, in ways that real ones do not on demand. */
class EngineFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SettableClock clock = new SettableClock(JobsExtension.START);
  private TestSystems systems;

  @BeforeEach
  void define() {
    systems =
        TestSystems.in(directory)
            .app("hello", "echo hello")
            .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of());
  }

  @Test
  void whatFailsBecauseTheEngineClosesFailsNoJob() throws Exception {
    CountDownLatch submitting = new CountDownLatch(1);
    scheduler.onSubmit(
        spec -> {
          submitting.countDown();
          try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
          } catch (InterruptedException e) {
            throw new IllegalStateException("the adapter was closed", e);
          }
        });
    String id;
    try (JobsEngine engine = builder().start()) {
      id = engine.client(ALICE).submit(hello()).id();
      submitting.await();
      Thread.currentThread().interrupt();
    }
    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
    try (JobsEngine engine = builder().start()) {
      Job job = engine.client(ALICE).await(id, PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      HistoryChecker.checkEnded(engine.client(ALICE).history(id));
    }
  }

  @Test
  void aJobIsFollowedThoughTheAnswerToItsHandOverWasLost() throws Exception {
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    FaultyDataSource source = FaultyDataSource.of(memory);
    scheduler.onSubmit(
        spec -> {
          source.loseAnswer(1);
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = builder().dataSource(source).durability(Durability.NONE).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      Job job = client.await(id, PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
      assertThat(source.lostAnswers()).isEqualTo(1);
      assertThat(scheduler.launches(id)).isEqualTo(1);
      HistoryChecker.checkEnded(client.history(id));
    }
  }

  @Test
  void anErrorInAnAdapterFailsTheJobOnce() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    scheduler.onSubmit(
        spec -> {
          calls.incrementAndGet();
          throw new NoClassDefFoundError("adapter/Part");
        });
    try (JobsEngine engine = builder().start()) {
      JobsClient client = engine.client(ALICE);
      Job job = client.await(client.submit(hello()).id(), PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FAILED);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_INTERNAL_ERROR);
      assertThat(job.lastStatusMessage()).contains("adapter/Part");
      assertThat(calls).hasValue(1);
    }
  }

  @Test
  void aJobWhoseIdCannotBeKeptIsCancelledAndFails() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    AtomicInteger submissions = new AtomicInteger();
    RemoteSchedulerProvider nameless =
        changed(
            (method, result) -> {
              if (method.equals("submit")) {
                submissions.incrementAndGet();
                Submission submission = (Submission) result;
                RemoteJob job = new RemoteJob("x".repeat(256), submission.job().attempt());
                return new Submission(job, submission.status());
              }
              return result;
            });
    try (JobsEngine engine = builder(nameless).start()) {
      JobsClient client = engine.client(ALICE);
      Job job = client.await(client.submit(hello()).id(), PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FAILED);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_LAUNCH_FAILURE);
      assertThat(job.lastStatusMessage())
          .isEqualTo(
              "The scheduler FORK of execution launched the job and gave it the id \"%s\"; an id must"
                  + " have 1 to 255 characters and no control characters. It was asked to end the"
                  + " job.",
              "x".repeat(256));
      assertThat(scheduler.wasCancelled(job.id())).isTrue();
      assertThat(submissions).hasValue(1);
    }
  }

  @Test
  void noAdapterIsAskedOnTheThreadThatWrites() throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    RemoteSchedulerProvider noted =
        changed(
            (method, result) -> {
              threads.add(method + " " + Thread.currentThread().getName());
              return result;
            });
    try (JobsEngine engine = builder(noted).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id) == JobStatus.RUNNING);
      scheduler.move(id, RemoteStatus.exited(0, null, null));
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
    }
    assertThat(threads)
        .anyMatch(thread -> thread.startsWith("tellsOf "))
        .noneMatch(thread -> thread.endsWith("jobs4j-writer"));
  }

  /** The scripted scheduler, whose answers pass {@code change}. */
  private RemoteSchedulerProvider changed(BiFunction<String, Object, Object> change) {
    return new RemoteSchedulerProvider() {
      @Override
      public String scheduler() {
        return scheduler.scheduler();
      }

      @Override
      public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
        RemoteScheduler real = scheduler.open(system, runner);
        return (RemoteScheduler)
            Proxy.newProxyInstance(
                EngineFaultsTest.class.getClassLoader(),
                new Class<?>[] {RemoteScheduler.class},
                (proxy, method, arguments) ->
                    change.apply(method.getName(), method.invoke(real, arguments)));
      }
    };
  }

  @Test
  void aTransientFailureBlocksTheJobUntilItIsTriedAgain() throws Exception {
    scheduler.onSubmit(
        spec -> {
          throw new TransientAdapterException(
              RecoveryCondition.SCHEDULER_NOT_ANSWERING, "Nobody is there.", null);
        });
    try (JobsEngine engine = builder().start()) {
      clock.onMove(engine::wake);
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.BLOCKED::equals);
      assertThat(client.get(id).blockedCount()).isEqualTo(1);
      assertThat(client.get(id).lastStatusMessage())
          .isEqualTo("SCHEDULER_NOT_ANSWERING: Nobody is there.");
      assertThat(client.get(id).blockedOn()).isEqualTo("SCHEDULER_NOT_ANSWERING");
      assertThat(client.get(id).nextAttempt())
          .isEqualTo(clock.instant().plus(Duration.ofSeconds(10)));
      scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
      clock.advance(Duration.ofSeconds(10));
      Job job = client.await(id, PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
      assertThat(HistoryChecker.checkEnded(client.history(id)))
          .containsSubsequence(JobStatus.SUBMITTING, JobStatus.BLOCKED, JobStatus.SUBMITTING);
    }
  }

  @Test
  void inputsHaveTheSchemesThatTheValidationAllows() throws Exception {
    Files.writeString(systems.storage().resolve("a.txt"), "a");
    try (JobsEngine engine =
        builder()
            .validation(ValidationOptions.defaults().withInputSchemes(Set.of("tapis")))
            .start()) {
      JobsClient client = engine.client(ALICE);
      JobRequest request =
          JobRequest.builder("count", "count-1.0").input("text", "tapis://storage/a.txt").build();
      Job job = client.await(client.submit(request).id(), PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    }
  }

  @Test
  void directoriesOfTheAppAreNoOutput() throws Exception {
    Path assets = systems.storage().resolve("apps/hello");
    Files.createDirectories(assets.resolve("lib"));
    Files.createDirectories(assets.resolve("empty"));
    Files.writeString(assets.resolve("lib/tool"), "tool");
    try (JobsEngine engine = builder().start()) {
      JobsClient client = engine.client(ALICE);
      JobRequest request = JobRequest.builder("hello", "hello-1.0").archive(true).build();
      Job job = client.await(client.submit(request).id(), PATIENCE);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      assertThat(client.outputs(job.id(), "")).extracting(OutputFile::name).isEmpty();
    }
  }

  private JobsEngineBuilder builder() {
    return builder(scheduler);
  }

  private JobsEngineBuilder builder(RemoteSchedulerProvider its) {
    return JobsEngine.builder()
        .database(directory.resolve("database"))
        .catalog(systems.catalog())
        .clock(clock)
        .adapter(its)
        .adapter(new NoCommands());
  }

  private static JobRequest hello() {
    return JobRequest.builder("hello", "hello-1.0").build();
  }
}
