package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.ChildJvm;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An engine that stands still for longer than its lease and then goes on as if nothing was. */
class PausedEngineIT {
  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final int WAITING = 4;

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  @Test
  void whatAnotherEngineHasTakenIsLeftAloneByTheFormerOne() throws Exception {
    TestDatabase database = new TestDatabase(directory, postgres.newDatabaseUrl());
    long seed = Chaos.seed("PausedEngineIT");
    Random random = new Random(seed);
    try (EngineFixture taker =
            EngineFixture.open(
                LedgerApps.systems(directory),
                database.useFor(JobsEngine.builder()).lease(LEASE).node("taker"));
        CrashHarness harness =
            EngineChild.on(database, "paused")
                .withLease(LEASE)
                .withWaitingJobs(WAITING)
                .harness()
                .build()) {
      ChildJvm paused = harness.start();
      List<String> waiting = List.of();
      for (int round = 1; round <= Chaos.size(3, 25); round++) {
        String where = "(seed %d, round %d)".formatted(seed, round);
        int goal = LedgerApps.promisedJobs(directory).size() + WAITING + 1 + random.nextInt(20);
        paused.awaitUntil("it submitted jobs " + where, () -> promised() >= goal);
        // Somewhere in the midst of what it does.
        LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(50)));
        paused.pause();
        List<String> former = database.engines("paused");
        if (round == 1) {
          waiting = LedgerApps.promisedJobs(directory).subList(0, WAITING);
        }
        await("takeover " + where)
            .atMost(PATIENCE)
            .until(() -> database.engines("paused").isEmpty());
        LedgerApps.release(directory, waiting);
        await("end " + where).atMost(PATIENCE).until(() -> database.unfinished() == 0);
        Map<String, List<String>> taken = database.ended();

        paused.resume();
        // Under its old name it never comes back; under a new one it works on.
        int before = promised();
        paused.awaitUntil("it submitted more jobs " + where, () -> promised() > before + 5);
        assertThat(database.engines("paused"))
            .as(where)
            .hasSize(1)
            .doesNotContainAnyElementsOf(former);
        TreeMap<String, List<String>> now = database.ended();
        now.keySet().retainAll(taken.keySet());
        assertThat(now).as(where).isEqualTo(taken);
      }
      EngineChild.limit(directory, 0);
      LedgerApps.requireAllRunOnce(
          directory, database, taker.client(), LedgerApps.promisedJobs(directory));
      System.out.printf("%d jobs ran%n", LedgerApps.ledger(directory).lines().size());
    }
  }

  private int promised() {
    try {
      return LedgerApps.promisedJobs(directory).size();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
