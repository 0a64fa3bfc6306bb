package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testsupport.PostgresExtension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines that are killed, at any moment and at chosen ones. */
class CrashIT {
  /** More commits than the start of an engine and the life of a job have together. */
  private static final int MOST_COMMITS = 200;

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void nothingIsLostOrRunTwiceWhenEnginesAreKilledAtAnyMoment(TestDatabase.Kind kind)
      throws Exception {
    TestDatabase database = database(kind);
    int kills = Chaos.size(3, 100);
    try (CrashHarness harness =
        EngineChild.on(database, "child")
            .harness()
            .mostProgress(25)
            .seed(Chaos.seed("CrashIT at any moment, " + kind))
            .build()) {
      assertThat(harness.killAtRandom(kills)).isGreaterThanOrEqualTo(kills);
    }
    requireAllRunOnce(database);
    System.out.printf(
        "%d kills on %s, %d jobs promised, %d run%n",
        kills,
        kind,
        LedgerApps.promisedJobs(directory).size(),
        LedgerApps.ledger(directory).lines().size());
  }

  @ParameterizedTest
  @EnumSource
  void aLaunchIsNotRepeatedWhenTheEngineDiesNextToIt(TestDatabase.Kind kind) throws Exception {
    TestDatabase database = database(kind);
    try (CrashHarness harness = EngineChild.on(database, "child").harness().build()) {
      for (int count = 1; count <= Chaos.size(1, 10); count++) {
        harness.dieAt(ObservedFork.BEFORE_LAUNCH, count);
        harness.dieAt(ObservedFork.AFTER_LAUNCH, count);
      }
    }
    requireAllRunOnce(database);
  }

  @ParameterizedTest
  @EnumSource
  void aJobGoesOnWhereverTheEngineDiesBeforeACommit(TestDatabase.Kind kind) throws Exception {
    dieAtEachCommit(database(kind), FaultyDataSource.BEFORE_COMMIT);
  }

  @ParameterizedTest
  @EnumSource
  void aJobGoesOnWhereverTheEngineDiesAfterACommit(TestDatabase.Kind kind) throws Exception {
    dieAtEachCommit(database(kind), FaultyDataSource.AFTER_COMMIT);
  }

  /**
   * Lets engines die at the first commit, at the second and so on, each with one more job, until
   * one has come to the end of its job first. The short run leaves most of them out.
   */
  private void dieAtEachCommit(TestDatabase database, String point) throws Exception {
    int longestStep = Chaos.size(32, 1);
    Random random = new Random(Chaos.seed("CrashIT at a commit, " + point));
    int promised = 0;
    int commit = 0;
    boolean sawTheEnd = false;
    EngineChild.limit(directory, 1);
    try (CrashHarness harness =
        EngineChild.on(database, "child").thatCrashesAtCommits().harness().build()) {
      while (!sawTheEnd) {
        commit += 1 + random.nextInt(longestStep);
        assertThat(commit).isLessThan(MOST_COMMITS);
        harness.dieAt(point, commit);
        List<String> jobs = LedgerApps.promisedJobs(directory);
        // An engine that dies in its first commits leaves no tables to look into.
        sawTheEnd = jobs.size() > promised && database.unfinished() == 0;
        promised = jobs.size();
        requireAllRunOnce(database);
        EngineChild.limit(directory, promised + 1);
      }
    }
    System.out.printf("the last was commit %d, %d jobs promised%n", commit, promised);
  }

  private void requireAllRunOnce(TestDatabase database) throws IOException {
    try (EngineFixture engine =
        EngineFixture.open(
            LedgerApps.systems(directory), database.useFor(JobsEngine.builder()).node("child"))) {
      LedgerApps.requireAllRunOnce(
          directory, database, engine.client(), LedgerApps.promisedJobs(directory));
    }
  }

  private TestDatabase database(TestDatabase.Kind kind) {
    return switch (kind) {
      case H2 -> TestDatabase.h2(directory);
      case POSTGRESQL -> new TestDatabase(directory, postgres.newDatabaseUrl());
    };
  }
}
