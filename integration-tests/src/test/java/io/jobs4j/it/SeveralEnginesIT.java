package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.ChildJvm;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testsupport.PostgresExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Engines in processes of their own that share the jobs of one PostgreSQL database. */
class SeveralEnginesIT {
  private static final int ENGINES = 3;
  private static final Duration LEASE = Duration.ofSeconds(2);

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;
  private TestDatabase database;

  @BeforeEach
  void makeDatabase() {
    database = new TestDatabase(directory, postgres.newDatabaseUrl());
  }

  @Test
  void nothingIsLostOrRunTwiceWhileEnginesAreKilledAndOthersTakeOver() throws Exception {
    long seed = Chaos.seed("SeveralEnginesIT");
    Random random = new Random(seed);
    int jobs = Chaos.size(300, 2000);
    EngineChild.limit(directory, jobs);
    List<CrashHarness> harnesses = new ArrayList<>();
    List<ChildJvm> engines = new ArrayList<>();
    int kills = 0;
    try {
      for (int i = 0; i < ENGINES; i++) {
        harnesses.add(start(EngineChild.on(database, "engine " + i)));
        engines.add(harnesses.get(i).start());
      }
      for (int goal = 1; goal < jobs; goal += 1 + random.nextInt(2 * jobs / Chaos.size(12, 60))) {
        int least = goal;
        int victim = random.nextInt(ENGINES);
        engines
            .get(victim)
            .awaitUntil("%d jobs ran (seed %d)".formatted(least, seed), () -> ran() >= least);
        engines.get(victim).kill();
        kills++;
        if (random.nextBoolean()) {
          // Under another name it does not have its jobs back at once; the others take them.
          String name = "engine %d after kill %d".formatted(victim, kills);
          harnesses.get(victim).close();
          harnesses.set(victim, start(EngineChild.on(database, name)));
        }
        engines.set(victim, harnesses.get(victim).start());
      }
      await().atMost(PATIENCE).until(() -> LedgerApps.promisedJobs(directory).size() >= jobs);
      engines.get(random.nextInt(ENGINES)).kill();
      await().atMost(PATIENCE).until(() -> database.unfinished() == 0);
    } finally {
      harnesses.forEach(CrashHarness::close);
    }
    requireAllRunOnce();
    System.out.printf("%d kills, %d jobs ran on %d engines%n", kills + 1, ran(), ENGINES);
  }

  @Test
  void engineAfterEngineTakesUpWhatIsDueAndWhatADeadOneLeaves() throws Exception {
    int jobs = Chaos.size(100, 300);
    EngineChild.limit(directory, jobs);
    // Whoever launches is held up, so that there is more work than one engine has workers for.
    Path gate = Files.createFile(directory.resolve(ObservedFork.GATE));
    try (CrashHarness submitting = start(EngineChild.on(database, "submitting"));
        CrashHarness second = start(EngineChild.on(database, "second").thatSubmitsNothing());
        CrashHarness third = start(EngineChild.on(database, "third").thatSubmitsNothing())) {
      ChildJvm first = submitting.start();
      first.awaitUntil("all jobs were promised", () -> promised().size() >= jobs);
      ChildJvm unused = second.start();
      ChildJvm alsoUnused = third.start();
      for (String node : List.of("submitting", "second", "third")) {
        await().atMost(PATIENCE).until(() -> ObservedFork.hasLaunched(directory, node));
      }
      first.kill();
      Files.delete(gate);
      await().atMost(PATIENCE).until(() -> database.unfinished() == 0);
      assertThat(unused.isAlive()).isTrue();
      assertThat(alsoUnused.isAlive()).isTrue();
    }
    requireAllRunOnce();
  }

  private static CrashHarness start(EngineChild child) {
    return child.withLease(LEASE).withWorkers(2).harness().build();
  }

  private int ran() {
    return LedgerApps.ledger(directory).lines().size();
  }

  private List<String> promised() {
    try {
      return LedgerApps.promisedJobs(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireAllRunOnce() {
    try (EngineFixture engine =
        EngineFixture.open(
            LedgerApps.systems(directory), database.useFor(JobsEngine.builder()).lease(LEASE))) {
      LedgerApps.requireAllRunOnce(directory, database, engine.client(), promised());
    }
  }
}
