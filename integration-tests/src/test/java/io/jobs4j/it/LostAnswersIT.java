package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits that fail or whose answers get lost, again and again, while jobs run. */
class LostAnswersIT {
  private static final int SUBMITTERS = 4;

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void eachTransitionIsMadeOnce(TestDatabase.Kind kind) throws Exception {
    TestDatabase database = database(kind);
    long seed = Chaos.seed("LostAnswersIT, " + kind);
    int jobs = Chaos.size(200, 2000);
    FaultyDataSource source = FaultyDataSource.of(database.dataSource());
    ScriptedScheduler scheduler = new ScriptedScheduler();
    Queue<String> running = new ConcurrentLinkedQueue<>();
    Random random = new Random(seed);
    // Some are over before anyone looks, the others when they are told to.
    scheduler.onSubmit(
        spec -> {
          if (random.nextBoolean()) {
            return RemoteStatus.exited(0, null, null);
          }
          running.add(spec.attempt().key().replaceAll("-[0-9]+$", ""));
          return RemoteStatus.running(null);
        });
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello");
    List<String> promised;
    try (EngineFixture engine =
        EngineFixture.open(systems, JobsEngine.builder().dataSource(source).adapter(scheduler))) {
      JobsClient client = engine.client();
      source.failAtRandom(seed, 0.1, 0.1);
      ExecutorService pool = Executors.newFixedThreadPool(SUBMITTERS);
      try {
        List<Future<List<String>>> submitters = new ArrayList<>();
        for (int i = 0; i < SUBMITTERS; i++) {
          submitters.add(pool.submit(() -> submit(client, jobs / SUBMITTERS)));
        }
        promised = new ArrayList<>();
        for (Future<List<String>> submitter : submitters) {
          promised.addAll(submitter.get());
        }
        await()
            .atMost(PATIENCE)
            .until(
                () -> {
                  for (String id = running.poll(); id != null; id = running.poll()) {
                    scheduler.move(id, RemoteStatus.exited(0, null, null));
                  }
                  return database.unfinished() == 0;
                });
      } finally {
        pool.shutdownNow();
      }
      assertThat(source.failedCommits()).isPositive();
      assertThat(source.lostAnswers()).isPositive();
      source.failAtRandom(seed, 0, 0);
      assertThat(promised).hasSize(jobs).doesNotHaveDuplicates();
      // Nor is there any job twice of which the first answer was lost.
      assertThat(database.jobs()).containsExactlyInAnyOrderElementsOf(promised);
      HistoryChecker.checkAllEnded(client, promised);
      for (String id : promised) {
        var job = client.get(id);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
        assertThat(client.history(id))
            .filteredOn(event -> event.status().status().equals(Optional.of(JobStatus.QUEUED)))
            .hasSize(1);
        assertThat(scheduler.launches(id)).isEqualTo(1);
      }
    }
    System.out.printf(
        "%d jobs on %s: of %d commits %d failed and %d answers were lost%n",
        jobs, kind, source.commits(), source.failedCommits(), source.lostAnswers());
  }

  private static List<String> submit(JobsClient client, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(client.submit(JobRequest.builder("hello", "hello-1.0").build()).id());
    }
    return ids;
  }

  private TestDatabase database(TestDatabase.Kind kind) throws Exception {
    Files.createDirectories(directory.resolve("database"));
    return kind == TestDatabase.Kind.H2
        ? TestDatabase.h2(directory)
        : new TestDatabase(directory, postgres.newDatabaseUrl());
  }
}
