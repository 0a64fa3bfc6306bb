package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.status;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An engine that is closed while another works on the same database. */
class HandBackIT {
  /** So long that whoever waits for the end of it fails the test. */
  private static final Duration LEASE = Duration.ofMinutes(60);

  private static final Duration WELL_BELOW = Duration.ofMinutes(2);
  private static final int JOBS = 10;

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  @Test
  void theJobsOfAClosedEngineGoOnInAnother() throws Exception {
    TestDatabase database = new TestDatabase(directory, postgres.newDatabaseUrl());
    TestSystems systems = LedgerApps.systems(directory);
    List<String> waiting = new ArrayList<>();
    List<String> all = new ArrayList<>();
    try (EngineFixture staying = EngineFixture.open(systems, builder(database))) {
      JobsClient client = staying.client();
      try (EngineFixture leaving = EngineFixture.open(systems, builder(database))) {
        for (int i = 0; i < JOBS; i++) {
          waiting.add(leaving.client().submit(JobRequest.builder("wait", "wait-1.0").build()).id());
        }
        await()
            .atMost(WELL_BELOW)
            .until(() -> waiting.stream().allMatch(id -> status(client, id) == JobStatus.RUNNING));
        all.addAll(waiting);
        // These are in the midst of it when their engine leaves.
        for (int i = 0; i < JOBS; i++) {
          all.add(leaving.client().submit(JobRequest.builder("append", "append-1.0").build()).id());
        }
      }
      LedgerApps.release(directory, waiting);
      await().atMost(WELL_BELOW).until(() -> database.unfinished() == 0);
      LedgerApps.requireAllRunOnce(directory, database, client, all);
    }
  }

  private static JobsEngineBuilder builder(TestDatabase database) {
    return database.useFor(JobsEngine.builder()).lease(LEASE);
  }
}
