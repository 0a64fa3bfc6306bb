package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.testsupport.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL server that crashes under load and comes back after a while. */
class DatabaseOutageIT {
  private static final int SUBMITTERS = 2;

  @TempDir Path directory;
  private final Queue<String> promised = new ConcurrentLinkedQueue<>();
  private final Queue<StoreException> refusals = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
  private PostgresServer server;
  private TestDatabase database;

  @BeforeEach
  void startServer() {
    server = PostgresServer.start(directory.resolve("postgres"));
    server.createDatabase("jobs");
    database = new TestDatabase(directory, server.url("jobs"));
  }

  @AfterEach
  void stopServer() {
    submitters.shutdownNow();
    server.close();
  }

  @Test
  void whoIsPatientNoticesNothing() throws Exception {
    runThroughOutages(Duration.ofMinutes(10), () -> {});
    assertThat(refusals).isEmpty();
  }

  @Test
  void whoIsNotIsToldWhatIsWrongAndNoJobSuffers() throws Exception {
    runThroughOutages(
        Duration.ofMillis(200), () -> await().atMost(PATIENCE).until(() -> !refusals.isEmpty()));
    assertThat(refusals)
        .allSatisfy(
            refusal ->
                assertThat(refusal)
                    .hasMessageMatching(
                        "The database could not store a change: it does not answer\\."
                            + "|The database went away in the moment of a commit; whether it was"
                            + " made is not known\\."));
  }

  /**
   * Has the server go away and come back.
   *
   * @param duringOutage waits for what is to be seen before it comes back
   */
  private void runThroughOutages(Duration databaseWait, Runnable duringOutage) throws Exception {
    try (EngineFixture engine =
        EngineFixture.open(
            LedgerApps.systems(directory),
            database.useFor(JobsEngine.builder()).databaseWait(databaseWait))) {
      JobsClient client = engine.client();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SUBMITTERS; i++) {
        running.add(submitters.submit(() -> submitUntilEnough(client)));
      }
      for (int outage = 1; outage <= Chaos.size(1, 3); outage++) {
        int before = promised.size();
        await().atMost(PATIENCE).until(() -> promised.size() >= before + 20);
        server.stop();
        stayAway();
        duringOutage.run();
        server.startAgain();
        int after = promised.size();
        await().atMost(PATIENCE).until(() -> promised.size() >= after + 20);
      }
      enough.set(true);
      for (Future<?> submitter : running) {
        submitter.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      LedgerApps.requireAllRunOnce(directory, database, client, List.copyOf(promised));
      System.out.printf(
          "%d jobs promised, %d submissions refused, %d jobs ran%n",
          promised.size(), refusals.size(), LedgerApps.ledger(directory).lines().size());
    }
  }

  /** Nothing is waited for here: how long it lasts is what an outage is. */
  private static void stayAway() throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(Chaos.size(5, 30), TimeUnit.SECONDS);
  }

  private void submitUntilEnough(JobsClient client) {
    while (!enough.get()) {
      try {
        promised.add(client.submit(JobRequest.builder("append", "append-1.0").build()).id());
      } catch (StoreException e) {
        refusals.add(e);
      }
    }
  }
}
