package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.RunLedger;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs of which the answer of {@code sbatch} gets lost, each at least once: on its way, or where it
 * runs, with and without a job that Slurm has.
 */
@RequiresServices(
    value = {Service.SLURM, Service.SLURM_ACCOUNTING, Service.SSHD},
    shared = true)
class SlurmLostAnswersIT {
  @TempDir Path directory;

  private final List<Round> rounds = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Round round : rounds) {
      round.close();
    }
  }

  /** Both ways at once: that there is no job takes Slurm's time limits to be sure of. */
  @Test
  void noJobIsLostOrLaunchedTwice() throws Exception {
    for (ClusterReach reach : List.of(ClusterReach.LOCAL, ClusterReach.OVER_SSH_WITH_ACCOUNTING)) {
      rounds.add(new Round(reach));
    }
    for (Round round : rounds) {
      round.submit(Chaos.size(10, 100));
    }
    for (Round round : rounds) {
      round.check();
    }
  }

  /** An engine on a cluster, with what is on the way between them. */
  private final class Round implements AutoCloseable {
    private final ClusterReach reach;
    private final SlurmCluster cluster;
    private final Losses losses;
    private final SlurmCommands commands = SlurmCommands.create();
    private final RunLedger ledger = RunLedger.in(commands.directory().resolve("ledger"));
    private final ClusterFixture fixture;
    private final List<String> ids = new ArrayList<>();

    Round(ClusterReach reach) throws IOException {
      this.reach = reach;
      this.cluster = reach.cluster();
      this.losses = new Losses(Chaos.seed("SlurmLostAnswersIT, " + reach));
      this.fixture =
          ClusterFixture.slurm(
                  Files.createDirectory(directory.resolve(reach.name())),
                  reach,
                  commands.environment())
              .around(runners -> new LossyRunners(runners, losses))
              .settings(builder -> builder.workers(16))
              .app("line", ledger.shellCommand())
              .start();
    }

    void submit(int count) {
      for (int i = 0; i < count; i++) {
        ids.add(fixture.submit("line"));
      }
    }

    void check() throws Exception {
      for (String id : ids) {
        Job job = fixture.await(id);
        assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
        HistoryChecker.checkEnded(fixture.client().history(id));
      }
      ledger.requireEachOnce(ids);
      assertThat(ledger.lines()).hasSameSizeAs(ids);
      assertThat(cluster.run("squeue", "-h", "-t", "all", "-o", "%j %T").lines())
          .filteredOn(line -> ids.stream().anyMatch(line::contains))
          .as("one of each attempt, and none that waits or runs")
          .containsExactlyInAnyOrderElementsOf(
              ids.stream().map(id -> "jobs-" + id + "-1 COMPLETED").toList());
      assertThat(losses.counted().values().stream().mapToInt(Integer::intValue).sum())
          .isGreaterThanOrEqualTo(ids.size());
      System.out.printf(
          "%s: %d jobs, answers lost %s, sbatch called %d times%n",
          reach, ids.size(), losses.counted(), commands.calls("sbatch"));
    }

    @Override
    public void close() throws IOException {
      fixture.close();
      commands.close();
    }
  }

  /** What happens to an answer of {@code sbatch}. */
  private enum Kind {
    /** The host cannot be reached. */
    UNSENT(null),
    /** The connection breaks after it. */
    UNHEARD(null),
    UNSTARTED(SlurmCommands.Loss.UNSTARTED),
    STARTED(SlurmCommands.Loss.STARTED),
    LATE(SlurmCommands.Loss.LATE),
    UNSAID(SlurmCommands.Loss.UNSAID);

    private final SlurmCommands.Loss loss;

    Kind(SlurmCommands.Loss loss) {
      this.loss = loss;
    }
  }

  /** Chooses what gets lost: the first answer for each attempt, and some of the others. */
  private static final class Losses {
    private static final int MOST = 3;
    private static final List<Kind> KINDS = List.of(Kind.values());

    private final Random random;
    private final Map<String, Integer> ofAttempt = new HashMap<>();
    private final Map<Kind, Integer> counted = new TreeMap<>();

    Losses(long seed) {
      this.random = new Random(seed);
    }

    /** What happens to a command; {@code null} if it is to go well. */
    synchronized Kind next(Command command) {
      int sbatch = command.words().indexOf("sbatch");
      if (sbatch < 0) {
        return null;
      }
      String name =
          command.words().stream().filter(word -> word.startsWith("--job-name=")).findAny().get();
      int before = ofAttempt.getOrDefault(name, 0);
      if (before == MOST || (before > 0 && random.nextInt(3) > 0)) {
        return null;
      }
      ofAttempt.put(name, before + 1);
      // Each kind comes up, also in the short run.
      int lost = counted.values().stream().mapToInt(Integer::intValue).sum();
      Kind kind = KINDS.get(lost < KINDS.size() ? lost : random.nextInt(KINDS.size()));
      counted.merge(kind, 1, Integer::sum);
      return kind;
    }

    synchronized Map<Kind, Integer> counted() {
      return new TreeMap<>(counted);
    }
  }

  /** Runs commands as another does, and loses answers. */
  private record LossyRunners(CommandRunnerProvider provider, Losses losses)
      implements CommandRunnerProvider {
    @Override
    public Set<String> protocols() {
      return provider.protocols();
    }

    @Override
    public CommandRunner open(LoginAccess access) {
      return new LossyRunner(provider.open(access), losses);
    }
  }

  private record LossyRunner(CommandRunner runner, Losses losses) implements CommandRunner {
    @Override
    public CommandResult run(Command command) throws InterruptedException {
      Kind kind = losses.next(command);
      if (kind == null) {
        return runner.run(command);
      }
      if (kind == Kind.UNSENT) {
        throw broken();
      }
      if (kind == Kind.UNHEARD) {
        var unused = runner.run(command);
        throw broken();
      }
      // What is not among its words does not reach sbatch.
      List<String> words = new ArrayList<>(command.words());
      words.add(words.indexOf("sbatch"), SlurmCommands.LOSS + "=" + kind.loss.name());
      return runner.run(
          new Command(
              words,
              command.directory(),
              command.environment(),
              command.bare(),
              command.input(),
              command.timeLimit(),
              command.outputLimit()));
    }

    @Override
    public DetachedCommand launch(Command command) throws InterruptedException {
      return runner.launch(command);
    }

    @Override
    public void close() {
      runner.close();
    }

    private static TransientAdapterException broken() {
      return new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_FAILURE, "The test broke the connection", null);
    }
  }
}
