package io.jobs4j.it;

import static io.jobs4j.it.EngineFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.RunLedger;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Apps whose jobs leave a line in a ledger, and what must be true of jobs and ledger in the end.
 */
final class LedgerApps {
  /** Of the id of a job, which a process may have been killed in the midst of writing. */
  static final int ID_LENGTH = 40;

  private LedgerApps() {}

  /**
   * The app {@code append}, and {@code wait} and {@code wait-and-fail}, whose jobs do not end
   * before they are released.
   */
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

  static void release(Path directory, List<String> jobs) throws IOException {
    for (String id : jobs) {
      Files.writeString(directory.resolve("release-" + id), "");
    }
  }

  static RunLedger ledger(Path directory) {
    return RunLedger.in(directory.resolve("runs.log"));
  }

  /** Where processes say which jobs they have been promised. */
  static Path promised(Path directory) {
    return directory.resolve("promised.log");
  }

  /** Whole lines only: a kill may cut off the last. */
  static List<String> promisedJobs(Path directory) throws IOException {
    return EngineFixture.lines(promised(directory)).stream()
        .filter(line -> line.length() == ID_LENGTH)
        .toList();
  }

  /**
   * Requires that all jobs come to their end, each with a history that can be, and that each has
   * run once: those that were promised, and those whose acknowledgement was cut off as well.
   *
   * @param client of an engine that runs on the database
   */
  static void requireAllRunOnce(
      Path directory, TestDatabase database, JobsClient client, List<String> promised) {
    assertThat(promised).doesNotHaveDuplicates();
    await().atMost(PATIENCE).until(() -> database.unfinished() == 0);
    Set<String> jobs = new HashSet<>(database.jobs());
    assertThat(jobs).containsAll(promised);
    HistoryChecker.checkAllEnded(client, jobs);
    for (String id : jobs) {
      var job = client.get(id);
      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    }
    ledger(directory).requireEachOnce(jobs);
    assertThat(jobs).containsAll(ledger(directory).lines());
  }
}
