package io.jobs4j.benchmarks;

import io.jobs4j.adapters.slurm.SlurmScheduler;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One look at all jobs that wait on a cluster, beside a command for each of them. */
final class SlurmStatusBenchmark implements Benchmark {
  private static final Metric TIME = new Metric("time of a look", Unit.MILLISECONDS);
  private static final Metric COMMANDS = new Metric("commands of a look", Unit.COMMANDS);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "slurm-status";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    Servers.require(Service.SLURM);
    SlurmCluster cluster = SlurmCluster.withoutAccounting();
    Path directory = context.newDirectory("status");
    try (Waiting jobs = Waiting.on(cluster, directory, context.size(1_000, 50))) {
      return Rounds.run(
          context,
          name(),
          List.of(
              Subject.ours("jobs4j, %,d jobs".formatted(jobs.jobs.size()), jobs.together()),
              Subject.reference("squeue for each", jobs.oneByOne())));
    } finally {
      Context.delete(directory);
    }
  }

  /** Jobs in a partition that starts none. */
  private record Waiting(
      SlurmPrograms programs, CommandRunner runner, SlurmScheduler scheduler, List<RemoteJob> jobs)
      implements AutoCloseable {
    private static final String SUBMIT =
        """
        i=0
        while [ $i -lt "$1" ]; do
          i=$((i + 1))
          sbatch --parsable -p down -J "jobs-$2-$i" -o /dev/null --wrap=/bin/true || exit
        done
        """;

    static Waiting on(SlurmCluster cluster, Path directory, int count)
        throws IOException, InterruptedException {
      SlurmPrograms programs = new SlurmPrograms(directory, cluster);
      CommandRunner runner = programs.open(new LoginAccess("LOCAL", null, 0));
      String uuid = UUID.randomUUID().toString();
      List<RemoteJob> jobs = new ArrayList<>();
      Waiting waiting =
          new Waiting(programs, runner, new SlurmScheduler(runner, Clock.systemUTC(), false), jobs);
      try {
        CommandResult result =
            runner.run(Command.of("sh", "-c", SUBMIT, "sh", count + "", uuid).within(PATIENCE));
        for (String id : result.output().lines().toList()) {
          jobs.add(new RemoteJob(id, Attempt.of(uuid, jobs.size() + 1, directory.toString())));
        }
        if (!result.succeeded() || jobs.size() != count) {
          throw new IllegalStateException("the jobs could not be submitted: " + result);
        }
        return waiting;
      } catch (IllegalStateException | InterruptedException e) {
        waiting.close();
        throw e;
      }
    }

    Measurement together() {
      return measured(
          () -> {
            int answered = scheduler.statuses(jobs).size();
            if (answered != jobs.size()) {
              throw new IllegalStateException("only %s jobs are known".formatted(answered));
            }
          });
    }

    Measurement oneByOne() {
      return measured(
          () -> {
            for (RemoteJob job : jobs) {
              CommandResult result =
                  runner.run(
                      Command.of(
                          "squeue", "-h", "-t", "all", "-j", job.remoteJobId(), "-o", "%T|%r"));
              if (!result.output().startsWith("PENDING")) {
                throw new IllegalStateException("a job is not there: " + result);
              }
            }
          });
    }

    private Measurement measured(Look look) {
      return () -> {
        int before = programs.commands();
        long start = System.nanoTime();
        look.run();
        Map<Metric, Double> values = new LinkedHashMap<>();
        values.put(TIME, Crowd.millis(System.nanoTime() - start));
        values.put(COMMANDS, 1.0 * (programs.commands() - before));
        return values;
      };
    }

    @Override
    public void close() {
      try (runner;
          scheduler) {
        List<String> words = new ArrayList<>(List.of("scancel"));
        jobs.forEach(job -> words.add(job.remoteJobId()));
        if (!jobs.isEmpty()) {
          var unused = runner.run(Command.of(words).within(PATIENCE));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Look {
    void run() throws InterruptedException;
  }
}
