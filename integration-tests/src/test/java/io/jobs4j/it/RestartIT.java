package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static io.jobs4j.it.EngineFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that are closed in the middle of everything. {@link CrashIT} kills them. */
class RestartIT {
  @TempDir Path directory;

  @Test
  void jobsGoOnWhileNoEngineRunsAndAreFollowedToTheirEnd() throws Exception {
    TestSystems systems = LedgerApps.systems(directory);
    List<String> ids = new ArrayList<>();
    try (EngineFixture engine = EngineFixture.open(directory, systems)) {
      for (int i = 0; i < 10; i++) {
        String app = i % 2 == 0 ? "wait" : "wait-and-fail";
        ids.add(engine.client().submit(JobRequest.builder("job " + i, app + "-1.0").build()).id());
      }
      await()
          .atMost(PATIENCE)
          .until(
              () -> ids.stream().allMatch(id -> status(engine.client(), id) == JobStatus.RUNNING));
      await()
          .atMost(PATIENCE)
          .until(() -> LedgerApps.ledger(directory).lines().size() == ids.size());
      engine.stop();
      // Half of them end while no engine looks, the others after the next one has started.
      LedgerApps.release(directory, ids.subList(0, 5));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ids.subList(0, 5).stream()
                      .allMatch(id -> Files.exists(directory.resolve("ended-" + id))));
      engine.startAgain();
      LedgerApps.release(directory, ids.subList(5, 10));
      JobsClient client = engine.client();
      for (int i = 0; i < ids.size(); i++) {
        Job job = client.await(ids.get(i), PATIENCE);
        assertThat(job.status())
            .as("job %d: %s", i, job.lastStatusMessage())
            .isEqualTo(i % 2 == 0 ? JobStatus.FINISHED : JobStatus.FAILED);
        HistoryChecker.checkEnded(client.history(job.id()));
      }
    }
    assertThat(LedgerApps.ledger(directory).lines()).containsExactlyInAnyOrderElementsOf(ids);
  }
}
