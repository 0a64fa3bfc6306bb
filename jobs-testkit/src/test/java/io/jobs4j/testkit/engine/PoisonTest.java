package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Others' code that throws what nobody expects. */
@Timeout(120)
class PoisonTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SettableClock clock = new SettableClock(JobsExtension.START);
  private TestSystems systems;

  @BeforeEach
  void define() {
    systems = TestSystems.in(directory).app("hello", "echo hello");
  }

  @Test
  void whateverASchedulerThrowsFailsTheJobOnce() throws Exception {
    List<Supplier<Throwable>> poisons =
        List.of(
            () -> new CancellationException("poison"),
            () -> new AssertionError("poison"),
            () -> new StackOverflowError("poison"),
            () -> new NoClassDefFoundError("poison"),
            () -> new InterruptedException("poison"),
            () -> new IOException("poison"));
    try (JobsEngine engine = builder().start()) {
      JobsClient client = engine.client(ALICE);
      for (Supplier<Throwable> poison : poisons) {
        AtomicInteger calls = new AtomicInteger();
        scheduler.onSubmit(
            spec -> {
              calls.incrementAndGet();
              throw sneak(poison.get());
            });
        Job job = client.await(client.submit(hello()).id(), PATIENCE);
        String name = poison.get().getClass().getName();
        assertThat(job.status()).as(name).isEqualTo(JobStatus.FAILED);
        assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_INTERNAL_ERROR);
        assertThat(job.lastStatusMessage()).contains(name);
        assertThat(calls).as(name).hasValue(1);
        HistoryChecker.checkEnded(client.history(job.id()));
      }
      scheduler.onSubmit(spec -> null);
      Job job = client.await(client.submit(hello()).id(), PATIENCE);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_INTERNAL_ERROR);
    }
  }

  @Test
  void aJobForWhichThereIsNoMemoryIsTriedAgainMoreAndMoreRarely() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    scheduler.onSubmit(
        spec -> {
          calls.incrementAndGet();
          throw new OutOfMemoryError("poison");
        });
    try (JobsEngine engine = builder().start()) {
      clock.onMove(engine::wake);
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.SUBMITTING::equals);
      // Due after 1, 2, 4, 8, 16 and 32 seconds.
      while (client.get(id).status() != JobStatus.FAILED) {
        int before = calls.get();
        clock.advance(Duration.ofSeconds(1));
        engine.wake();
        assertThat(calls.get() - before).isBetween(0, 1);
      }
      Job job = client.await(id, PATIENCE);
      assertThat(job.status()).isEqualTo(JobStatus.FAILED);
      assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_INTERNAL_ERROR);
      assertThat(client.history(id))
          .extracting(HistoryEvent::description)
          .filteredOn(text -> text.contains("is tried again: java.lang.OutOfMemoryError: poison"))
          .hasSize(1);
      assertThat(calls).hasValue(7);
    }
  }

  @Test
  void aCancelThatFailsIsTriedAgainAndSaysSo() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    AtomicInteger cancels = new AtomicInteger();
    RemoteSchedulerProvider poisonous =
        before(
            method -> {
              if (method.equals("cancel") && cancels.incrementAndGet() == 1) {
                throw new CancellationException("poison");
              }
            });
    try (JobsEngine engine = builder(poisonous).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
      clock.onMove(engine::wake);
      client.cancel(id);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  client.history(id).stream()
                      .anyMatch(event -> event.description().contains("poison")));
      clock.advance(Duration.ofSeconds(10));
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.STOPPED);
      assertThat(cancels).hasValue(2);
    }
  }

  @Test
  void listenersMetricsAndClocksThatThrowHarmNoJob() throws Exception {
    scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
    AtomicInteger told = new AtomicInteger();
    EngineMetrics metrics =
        new EngineMetrics() {
          @Override
          public void count(String name, long amount, String... tags) {
            throw sneak(new IOException("poison"));
          }

          @Override
          public void time(String name, Duration duration, String... tags) {
            throw new OutOfMemoryError("poison");
          }
        };
    try (JobsEngine engine =
        builder()
            .metrics(metrics)
            .listener(
                event -> {
                  told.incrementAndGet();
                  throw sneak(new InterruptedException("poison"));
                })
            .start()) {
      JobsClient client = engine.client(ALICE);
      for (int i = 1; i <= 2; i++) {
        Job job = client.await(client.submit(hello()).id(), PATIENCE);
        assertThat(job.status()).isEqualTo(JobStatus.FINISHED);
      }
      await().atMost(PATIENCE).until(() -> told.get() >= 4);
    }
  }

  /** Throws anything as if it needed no declaration. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneak(Throwable error) throws T {
    throw (T) error;
  }

  /** The scripted scheduler, before each of whose calls {@code hook} is told of it. */
  private RemoteSchedulerProvider before(Consumer<String> hook) {
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
                PoisonTest.class.getClassLoader(),
                new Class<?>[] {RemoteScheduler.class},
                (proxy, method, arguments) -> {
                  hook.accept(method.getName());
                  return method.invoke(real, arguments);
                });
      }
    };
  }

  private JobsEngineBuilder builder() {
    return builder(scheduler);
  }

  private JobsEngineBuilder builder(RemoteSchedulerProvider its) {
    return JobsEngine.builder()
        .inMemory()
        .clock(clock)
        .catalog(systems.catalog())
        .adapter(its)
        .adapter(new NoCommands());
  }

  private static JobRequest hello() {
    return JobRequest.builder("hello", "hello-1.0").build();
  }
}
