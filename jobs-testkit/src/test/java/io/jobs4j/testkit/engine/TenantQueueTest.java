package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.catalog.InvalidDefinitionException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues into which a tenant's jobs are sorted, with workers of their own. */
@Timeout(120)
class TenantQueueTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String FAST = "aloe.jobq.acme.submit.Fast";
  private static final String QUEUES =
      """
      {"tenantId": "acme", "queues": [
        {"name": "aloe.jobq.acme.submit.Fast", "priority": 7, "numWorkers": 2,
         "filter": "name LIKE 'fast%' AND nodeCount < 4"}]}""";

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();

  @Test
  void jobsAreSortedByTheFiltersOfTheirTenant() throws Exception {
    try (JobsEngine engine = engine(1)) {
      engine.importQueues("queues.json", QUEUES);
      JobsClient acme = engine.client(Caller.of("acme", "alice"));
      JobsClient other = engine.client(Caller.of("other", "alice"));
      assertThat(run(acme, "fast one").tenantQueue()).isEqualTo(FAST);
      assertThat(run(acme, "slow one").tenantQueue())
          .isEqualTo("aloe.jobq.acme.submit.DefaultQueue");
      assertThat(run(other, "fast one").tenantQueue())
          .isEqualTo("aloe.jobq.other.submit.DefaultQueue");
    }
    // They are kept in the database.
    try (JobsEngine engine = engine(1)) {
      assertThat(run(engine.client(Caller.of("acme", "alice")), "fast again").tenantQueue())
          .isEqualTo(FAST);
    }
  }

  @Test
  void aQueueHasWorkersOfItsOwn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger slow = new AtomicInteger();
    AtomicInteger fast = new AtomicInteger();
    AtomicInteger mostFast = new AtomicInteger();
    scheduler.onSubmit(
        spec -> {
          boolean isFast = spec.name().startsWith("fast");
          int now = (isFast ? fast : slow).incrementAndGet();
          try {
            if (isFast) {
              mostFast.accumulateAndGet(now, Math::max);
            } else {
              release.await();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          } finally {
            (isFast ? fast : slow).decrementAndGet();
          }
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = engine(1)) {
      engine.importQueues("queues.json", QUEUES);
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      List<String> slowOnes = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        slowOnes.add(submit(client, "slow " + i));
      }
      // The one worker of the other queues is busy until the end.
      for (int i = 0; i < 20; i++) {
        run(client, "fast " + i);
      }
      assertThat(slowOnes)
          .noneMatch(id -> LifecycleTest.visibleStatus(client, id) == JobStatus.FINISHED);
      release.countDown();
      for (String id : slowOnes) {
        assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      }
      assertThat(mostFast.get()).isBetween(1, 2);
    }
  }

  @Test
  void aBadDefinitionChangesNothing() throws Exception {
    try (JobsEngine engine = engine(1)) {
      engine.importQueues("queues.json", QUEUES);
      String bad = QUEUES.replace("Fast", "Other").replace("\"priority\": 7", "\"priority\": 1");
      assertThatThrownBy(() -> engine.importQueues("bad.json", bad))
          .isInstanceOf(InvalidDefinitionException.class)
          .hasMessageContaining(
              "The tenant non-default queue aloe.jobq.acme.submit.Other cannot be assigned"
                  + " priority 1.");
      String clash = QUEUES.replace("Fast", "Other");
      assertThatThrownBy(() -> engine.importQueues("clash.json", clash))
          .isInstanceOf(InvalidDefinitionException.class)
          .hasMessageContaining("A priority of value 7 cannot be re-assigned");
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      assertThat(run(client, "fast").tenantQueue()).isEqualTo(FAST);
      // One that is right takes its place.
      engine.importQueues("better.json", QUEUES.replace("fast%", "quick%"));
      assertThat(run(client, "quick").tenantQueue()).isEqualTo(FAST);
      assertThat(run(client, "fast").tenantQueue()).endsWith("DefaultQueue");
    }
  }

  @Test
  void jobsOfAQueueAreWorkedOnAfterARestart() throws Exception {
    String id;
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    try (JobsEngine engine = engine(1)) {
      engine.importQueues("queues.json", QUEUES);
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      id = submit(client, "fast");
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
    }
    scheduler.move(id, RemoteStatus.exited(0, null, null));
    try (JobsEngine engine = engine(1)) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
    }
  }

  private JobsEngine engine(int workers) {
    return JobsEngine.builder()
        .database(directory.resolve("database"))
        .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
        .workers(workers)
        .adapter(scheduler)
        .adapter(new NoCommands())
        .start();
  }

  private static Job run(JobsClient client, String name) throws InterruptedException {
    Job job = client.await(submit(client, name), PATIENCE);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    return job;
  }

  private static String submit(JobsClient client, String name) {
    return client.submit(JobRequest.builder(name, "hello-1.0").build()).id();
  }
}
