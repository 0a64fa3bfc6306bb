package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Limits on the number of active jobs. */
@Timeout(300)
class QuotaTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int JOBS = 1000;
  private static final int LIMIT = 10;

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;

  /** Jobs that have been launched and run until the test lets them end. */
  private final LinkedBlockingQueue<String> running = new LinkedBlockingQueue<>();

  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final ScriptedScheduler scheduler =
      new ScriptedScheduler()
          .onSubmit(
              spec -> {
                most.accumulateAndGet(active.incrementAndGet(), Math::max);
                running.add(spec.attempt().key().replaceAll("-[0-9]+$", ""));
                return RemoteStatus.running(null);
              });

  @Test
  void aBurstOverALimitNeverHasOneTooManyActive() throws Exception {
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello").limits(LIMIT, -1);
    try (JobsEngine engine = engine(systems, directory.resolve("database"))) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      List<String> ids = submit(client, JOBS);
      endAll(JOBS);
      for (String id : ids) {
        Job job = client.await(id, PATIENCE);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      }
      assertThat(most).hasValue(LIMIT);
      HistoryChecker.checkAllEnded(client, ids.subList(0, 100));
    }
  }

  @Test
  void aUserWhoIsOverALimitHoldsNobodyElseUp() throws Exception {
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello").limits(-1, 2);
    try (JobsEngine engine = engine(systems, directory.resolve("database"))) {
      JobsClient alice = engine.client(Caller.of("acme", "alice"));
      JobsClient bob = engine.client(Caller.of("acme", "bob"));
      List<String> alices = submit(alice, 50);
      List<String> bobs = submit(bob, 2);
      Set<String> launched = new HashSet<>();
      await()
          .untilAsserted(
              () -> {
                running.drainTo(launched);
                assertThat(launched).hasSize(4).containsAll(bobs);
              });
      await()
          .untilAsserted(
              () ->
                  assertThat(alice.list(JobQuery.all().withStatus(JobStatus.BLOCKED)))
                      .hasSize(48)
                      .allMatch(job -> "QUOTA_EXCEEDED".equals(job.blockedOn())));
      launched.forEach(this::end);
      endAll(48);
      for (String id : alices) {
        assertThat(alice.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      }
    }
  }

  @Test
  void limitsOfQueuesOfTheirUsersAndOfAppsHoldTogether() throws Exception {
    TestSystems systems =
        TestSystems.in(directory)
            .queue("wide", -1, -1)
            .queue("narrow", 5, 3)
            .appLimit(4)
            .app("few", "echo few")
            .appLimit(-1)
            .app("hello", "echo hello");
    Map<String, AtomicInteger> activeIn = new ConcurrentHashMap<>();
    Map<String, Integer> mostIn = new ConcurrentHashMap<>();
    Map<String, List<String>> kindsOf = new ConcurrentHashMap<>();
    scheduler.onSubmit(
        spec -> {
          String queue = spec.environment().getOrDefault("AGAVE_JOB_BATCH_QUEUE", "");
          String user = spec.environment().getOrDefault("AGAVE_JOB_OWNER", "");
          String app = spec.environment().getOrDefault("AGAVE_JOB_APP_ID", "");
          List<String> kinds = List.of(queue, user + " in " + queue, app);
          for (String kind : kinds) {
            int now = activeIn.computeIfAbsent(kind, k -> new AtomicInteger()).incrementAndGet();
            mostIn.merge(kind, now, Math::max);
          }
          String id = spec.attempt().key().replaceAll("-[0-9]+$", "");
          kindsOf.put(id, kinds);
          running.add(id);
          return RemoteStatus.running(null);
        });
    try (JobsEngine engine = engine(systems, directory.resolve("database"))) {
      Map<String, JobsClient> clients = new LinkedHashMap<>();
      for (int i = 0; i < 15; i++) {
        for (String user : List.of("alice", "bob")) {
          JobsClient client = engine.client(Caller.of("acme", user));
          for (JobRequest.Builder request :
              List.of(
                  JobRequest.builder("hello", "hello-1.0").batchQueue("narrow"),
                  JobRequest.builder("few", "few-1.0").batchQueue("wide"))) {
            clients.put(client.submit(request.build()).id(), client);
          }
        }
      }
      // All places are taken before the first is given back.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(mostIn).containsEntry("narrow", 5).containsEntry("few-1.0", 4));
      for (int i = 0; i < clients.size(); i++) {
        String id = running.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(id).as("one more job is launched after %d", i).isNotNull();
        kindsOf.get(id).forEach(kind -> activeIn.get(kind).decrementAndGet());
        end(id);
      }
      for (Map.Entry<String, JobsClient> job : clients.entrySet()) {
        assertThat(job.getValue().await(job.getKey(), PATIENCE).status())
            .isEqualTo(JobStatus.FINISHED);
      }
    }
    assertThat(mostIn).containsEntry("narrow", 5).containsEntry("few-1.0", 4);
    // Five places are more than one of them may have, and less than both.
    assertThat(List.of(mostIn.get("alice in narrow"), mostIn.get("bob in narrow")))
        .allMatch(most -> most <= 3)
        .contains(3);
  }

  @Test
  void severalEnginesKeepOneLimit() throws Exception {
    String url = POSTGRES.newDatabaseUrl();
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello").limits(LIMIT, -1);
    try (JobsEngine one = engine(systems, url);
        JobsEngine other = engine(systems, url)) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        JobsEngine engine = i % 2 == 0 ? one : other;
        ids.addAll(submit(engine.client(Caller.of("acme", "user" + i % 7)), 1));
      }
      endAll(100);
      for (int i = 0; i < ids.size(); i++) {
        JobsClient client = one.client(Caller.of("acme", "user" + i % 7));
        assertThat(client.await(ids.get(i), PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
      }
      assertThat(most).hasValue(LIMIT);
    }
  }

  private void endAll(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      String id = running.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(id).as("one more job is launched after %d", i).isNotNull();
      end(id);
    }
  }

  private void end(String id) {
    active.decrementAndGet();
    await()
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              try {
                scheduler.move(id, RemoteStatus.exited(0, null, null));
                return true;
              } catch (IllegalArgumentException e) {
                // Its launch has not returned yet.
                return false;
              }
            });
  }

  private JobsEngine engine(TestSystems systems, Path database) {
    return JobsEngine.builder()
        .database(database)
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands())
        .start();
  }

  private JobsEngine engine(TestSystems systems, String url) {
    return JobsEngine.builder()
        .database(url, "postgres", "")
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands())
        .start();
  }

  private static List<String> submit(JobsClient client, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(client.submit(JobRequest.builder("hello", "hello-1.0").build()).id());
    }
    return ids;
  }
}
