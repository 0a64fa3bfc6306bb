package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static io.jobs4j.it.EngineFixture.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.RunLedger;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that end in the middle of everything, in order or by SIGKILL. */
class RestartIT {
  private static final int KILLS = 20;
  private static final long SEED = 20261123;

  @TempDir Path directory;

  @Test
  void jobsGoOnWhileNoEngineRunsAndAreFollowedToTheirEnd() throws Exception {
    TestSystems systems = systems(directory);
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
      await().atMost(PATIENCE).until(() -> ledger(directory).lines().size() == ids.size());
      engine.stop();
      // Half of them end while no engine looks, the others after the next one has started.
      for (String id : ids.subList(0, 5)) {
        Files.writeString(directory.resolve("release-" + id), "");
      }
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ids.subList(0, 5).stream()
                      .allMatch(id -> Files.exists(directory.resolve("ended-" + id))));
      engine.startAgain();
      for (String id : ids.subList(5, 10)) {
        Files.writeString(directory.resolve("release-" + id), "");
      }
      JobsClient client = engine.client();
      for (int i = 0; i < ids.size(); i++) {
        Job job = client.await(ids.get(i), PATIENCE);
        assertThat(job.status())
            .as("job %d: %s", i, job.lastStatusMessage())
            .isEqualTo(i % 2 == 0 ? JobStatus.FINISHED : JobStatus.FAILED);
        HistoryChecker.checkEnded(client.history(job.id()));
      }
    }
    assertThat(ledger(directory).lines()).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void nothingIsLostOrRunTwiceWhenTheEngineIsKilledAtAnyMoment() throws Exception {
    try (CrashHarness harness =
        CrashHarness.of(EngineChild.class)
            .arguments(directory.toString())
            .jvmOptions("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
            .progressInLines(promised(directory))
            .mostProgress(25)
            .seed(SEED)
            .patience(PATIENCE)
            .build()) {
      assertThat(harness.killAtRandom(KILLS)).isGreaterThanOrEqualTo(KILLS);
    }
    List<String> acknowledged = promisedJobs();
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS).doesNotHaveDuplicates();
    try (EngineFixture engine = EngineFixture.open(directory, systems(directory))) {
      JobsClient client = engine.client();
      for (String id : acknowledged) {
        Job job = client.await(id, PATIENCE);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      }
      HistoryChecker.checkAllEnded(client, acknowledged);
      // Jobs whose acknowledgement the kill cut off may exist too; they as well run once.
      ledger(directory).requireEachOnce(acknowledged);
      System.out.printf(
          "%d kills, %d jobs acknowledged, %d run%n",
          KILLS, acknowledged.size(), ledger(directory).lines().size());
    }
  }

  /** Whole lines only: the kill may cut off the last. */
  private List<String> promisedJobs() throws IOException {
    return EngineFixture.lines(promised(directory)).stream()
        .filter(line -> line.length() == 36)
        .toList();
  }

  static TestSystems systems(Path directory) {
    String addLine = ledger(directory).shellCommand() + "\n";
    String release = ShellWords.quote(directory.toString()) + "/release-${AGAVE_JOB_ID}";
    String ended = ShellWords.quote(directory.toString()) + "/ended-${AGAVE_JOB_ID}";
    String wait =
        addLine
            + """
        while [ ! -e %s ]; do sleep 0.05; done
        : > %s
        """
                .formatted(release, ended);
    return TestSystems.in(directory)
        .app("append", addLine)
        .app("wait", wait)
        .app("wait-and-fail", wait + "exit 3\n");
  }

  static Path promised(Path directory) {
    return directory.resolve("promised.log");
  }

  private static RunLedger ledger(Path directory) {
    return RunLedger.in(directory.resolve("runs.log"));
  }
}
