package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static io.jobs4j.it.EngineFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Running jobs that are cancelled, one after the other. The end of each is heard from its process;
 * should that be lost, the job is looked at again only after half a minute.
 */
class CancelIT {
  /** Less than until a job is looked at again of which nothing was heard. */
  private static final Duration HEARD = Duration.ofSeconds(20);

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(TestDatabase.Kind.class)
  void theEndOfACancelledJobIsHeard(TestDatabase.Kind kind) throws Exception {
    TestDatabase database =
        kind == TestDatabase.Kind.H2
            ? TestDatabase.h2(directory)
            : new TestDatabase(directory, postgres.newDatabaseUrl());
    TestSystems systems = TestSystems.in(directory).app("slow", "exec sleep 600");
    List<Long> stopped = new ArrayList<>();
    List<Long> died = new ArrayList<>();
    try (EngineFixture engine =
        EngineFixture.open(systems, database.useFor(JobsEngine.builder()))) {
      JobsClient client = engine.client();
      for (int i = 0; i < Chaos.size(20, 1000); i++) {
        String id = client.submit(JobRequest.builder("slow", "slow-1.0").build()).id();
        awaitRunningOrOver(client, id);
        Job running = client.get(id);
        assertThat(running.status()).as(running.lastStatusMessage()).isEqualTo(JobStatus.RUNNING);
        CompletableFuture<Long> death = death(running);
        long start = System.nanoTime();
        client.cancel(id);
        Job job = client.await(id, HEARD);
        stopped.add(millisSince(start));
        died.add(TimeUnit.NANOSECONDS.toMillis(death.get() - start));
        assertThat(job.status()).isEqualTo(JobStatus.STOPPED);
      }
    }
    System.out.printf(
        "CancelIT on %s: %d cancels; until STOPPED: median %d ms, largest %d ms;"
            + " until the process is gone: median %d ms, largest %d ms%n",
        kind,
        stopped.size(),
        median(stopped),
        Collections.max(stopped),
        median(died),
        Collections.max(died));
  }

  private static void awaitRunningOrOver(JobsClient client, String id) {
    try {
      await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                JobStatus status = status(client, id);
                return status == JobStatus.RUNNING || status.isTerminal();
              });
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("the job does not run: " + client.history(id), e);
    }
  }

  /** When the job's process is gone, by {@link System#nanoTime}. */
  private static CompletableFuture<Long> death(Job job) {
    return ProcessHandle.of(Long.parseLong(job.remoteJobId()))
        .map(process -> process.onExit().thenApply(gone -> System.nanoTime()))
        .orElseGet(() -> CompletableFuture.completedFuture(System.nanoTime()));
  }

  private static long millisSince(long start) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }

  private static long median(List<Long> times) {
    return times.stream().sorted().toList().get(times.size() / 2);
  }
}
