package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static io.jobs4j.it.EngineFixture.status;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testsupport.PostgresExtension;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A machine whose clock is set while jobs run. */
class ClockJumpIT {
  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  @TempDir Path directory;

  private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

  /** Runs like any clock, until someone sets it. */
  private final InstantSource clock = () -> Clock.systemUTC().instant().plus(offset.get());

  @ParameterizedTest
  @EnumSource
  void jobsAndTheirHistoriesBearAClockThatJumps(TestDatabase.Kind kind) throws Exception {
    TestDatabase database =
        kind == TestDatabase.Kind.H2
            ? TestDatabase.h2(directory)
            : new TestDatabase(directory, postgres.newDatabaseUrl());
    Random random = new Random(Chaos.seed("ClockJumpIT, " + kind));
    List<String> jobs = new ArrayList<>();
    try (EngineFixture engine =
        EngineFixture.open(
            LedgerApps.systems(directory),
            database
                .useFor(JobsEngine.builder())
                .clock(clock.withZone(ZoneOffset.UTC))
                .lease(Duration.ofSeconds(2)))) {
      for (int round = 0; round < Chaos.size(2, 20); round++) {
        String waiting = submit(engine.client(), "wait");
        jobs.add(waiting);
        await().atMost(PATIENCE).until(() -> status(engine.client(), waiting) == JobStatus.RUNNING);
        Duration far = Duration.ofMinutes(60 + random.nextInt(600));
        jump(far);
        addSome(engine.client(), jobs);
        // The next engine has not launched it, so nobody tells it of the end: it has to look.
        engine.stop();
        engine.startAgain();
        addSome(engine.client(), jobs);
        jump(far.negated().minusMinutes(random.nextInt(60)));
        addSome(engine.client(), jobs);
        LedgerApps.release(directory, List.of(waiting));
        engine.client().await(waiting, PATIENCE);
      }
      LedgerApps.requireAllRunOnce(directory, database, engine.client(), jobs);
    }
  }

  private static void addSome(JobsClient client, List<String> jobs) {
    for (int i = 0; i < 5; i++) {
      jobs.add(submit(client, "append"));
    }
  }

  private static String submit(JobsClient client, String app) {
    return client.submit(JobRequest.builder(app, app + "-1.0").build()).id();
  }

  private void jump(Duration by) {
    Duration unused = offset.accumulateAndGet(by, Duration::plus);
  }
}
