package io.jobs4j.it;

import static io.jobs4j.it.ClusterFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.RunLedger;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hundreds of jobs that wait and run at once. What is asked of Slurm is counted by programs that
 * stand before its own.
 */
@RequiresServices(Service.SLURM)
class SlurmLoadIT {
  /** There may be a call of {@code squeue} for so many jobs. */
  private static final int CHUNK = 200;

  private static final int ROUNDS = 5;

  @TempDir Path directory;

  private SlurmCommands commands;
  private ClusterFixture fixture;

  @AfterEach
  void close() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
    commands.close();
  }

  @Test
  void whatIsAskedDoesNotGrowWithTheJobs() throws Exception {
    commands = SlurmCommands.create();
    RunLedger ledger = RunLedger.in(commands.directory().resolve("ledger"));
    Path go = commands.directory().resolve("go");
    fixture =
        ClusterFixture.slurm(directory, ClusterReach.LOCAL, commands.environment())
            .settings(builder -> builder.workers(8))
            .app(
                "patient",
                ledger.shellCommand()
                    + "\nuntil [ -e %s ]; do sleep 2; done".formatted(ShellWords.quote(go + "")))
            .start();
    int few = 5;
    int many = Chaos.size(100, 500);
    List<String> ids = new ArrayList<>();
    submitUntil(few, ids);
    lookFor(few);
    submitUntil(many, ids);
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> statuses(ids).equals(Set.of(JobStatus.QUEUED, JobStatus.RUNNING)));
    lookFor(many);

    Files.createFile(go);
    for (String id : ids) {
      assertThat(fixture.await(id).status()).isEqualTo(JobStatus.FINISHED);
      HistoryChecker.checkEnded(fixture.client().history(id));
    }
    ledger.requireEachOnce(ids);
    System.out.printf(
        "%d jobs: sbatch %d, squeue %d, scontrol %d, sacct %d calls, %d commands in all%n",
        many,
        commands.calls("sbatch"),
        commands.calls("squeue"),
        commands.calls("scontrol"),
        commands.calls("sacct"),
        fixture.commands().commands().size());
    assertThat(commands.calls("sbatch")).isEqualTo(many);
  }

  /** Slurm has room for 64 of these at once. */
  private void submitUntil(int count, List<String> ids) {
    while (ids.size() < count) {
      ids.add(fixture.submit(request("patient").processorsPerNode(2).build()));
    }
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> Set.of(JobStatus.QUEUED, JobStatus.RUNNING).containsAll(statuses(ids)));
  }

  private Set<JobStatus> statuses(List<String> ids) {
    Set<JobStatus> statuses = new TreeSet<>();
    ids.forEach(id -> statuses.add(fixture.status(id)));
    return statuses;
  }

  /** Lets all jobs be looked at several times, and counts what that takes. */
  private void lookFor(int jobs) throws IOException {
    int chunks = (jobs + CHUNK - 1) / CHUNK;
    int squeue = commands.calls("squeue");
    int scontrol = commands.calls("scontrol");
    long begin = System.nanoTime();
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(() -> commands.calls("squeue") >= squeue + ROUNDS);
    int calls = commands.calls("squeue") - squeue;
    Duration passed = Duration.ofNanos(System.nanoTime() - begin);
    System.out.printf(
        "%d jobs looked at with %d calls of squeue in %d ms%n", jobs, calls, passed.toMillis());
    // At most one look each second, which is how often young jobs are looked at, and those under
    // way at either end.
    assertThat(calls).isLessThanOrEqualTo(chunks * (int) (passed.toSeconds() + 2));
    // Nothing is asked about a single job while none ends.
    assertThat(commands.calls("scontrol")).isEqualTo(scontrol);
  }
}
