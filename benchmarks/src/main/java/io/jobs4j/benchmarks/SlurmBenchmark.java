package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Jobs on a Slurm cluster, from the first submission to the end of the last, beside a shell that
 * calls {@code sbatch} for each and then asks once a second whether all are over. Both give jobs an
 * environment that is made; another loop has Slurm make that of a login, which costs it more than
 * all the rest.
 */
final class SlurmBenchmark implements Benchmark {
  private static final Metric WALL_TIME = new Metric("wall time", Unit.SECONDS);
  private static final Metric COMMANDS = new Metric("commands run for a job", Unit.COMMANDS);
  private static final Metric PROGRAMS =
      new Metric("programs of Slurm started for a job", Unit.COMMANDS);
  private static final String MADE =
      "env -i PATH=\"$PATH\" HOME=\"$HOME\" LANG=C.UTF-8 SLURM_CONF=\"$SLURM_CONF\""
          + " sbatch --export=ALL";
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public String name() {
    return "slurm";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    Servers.require(Service.SLURM);
    SlurmCluster cluster = SlurmCluster.withoutAccounting();
    int count = context.size(200, 20);
    Kind kind = context.databases().get(0);
    warmUp(context, kind);
    return Rounds.run(
        context,
        name(),
        List.of(
            Subject.ours(
                "jobs4j, %s, %s jobs".formatted(kind.label(), count),
                engine(context, kind, cluster, count)),
            Subject.reference(
                "env -i ... sbatch --export=ALL in a loop, then squeue",
                loop(context, cluster, count, MADE)),
            Subject.reference(
                "sbatch --export=NONE in a loop, then squeue",
                loop(context, cluster, count, "sbatch --export=NONE"))));
  }

  /**
   * Has the JVM compile what jobs need, as it has in a service that runs for long. Here it would
   * take the processors from Slurm.
   */
  private static void warmUp(Context context, Kind kind) throws Exception {
    Path directory = context.newDirectory("warm-up");
    try (BenchmarkDatabase database = context.database(kind);
        JobsEngine engine = database.giveTo(Engines.builder(directory)).start()) {
      run(Engines.client(engine), context.size(3_000, 20));
    } finally {
      Context.delete(directory);
    }
  }

  private static Measurement engine(Context context, Kind kind, SlurmCluster cluster, int count) {
    return () -> {
      Path directory = context.newDirectory("engine");
      SlurmPrograms programs = new SlurmPrograms(directory, cluster);
      Catalog catalog = TestSystems.in(directory).app("noop", "/bin/true").catalog();
      try (BenchmarkDatabase database = context.database(kind);
          JobsEngine engine =
              database
                  .giveTo(JobsEngine.builder().catalog(new OnSlurm(catalog)).adapter(programs))
                  .start()) {
        JobsClient client = Engines.client(engine);
        run(client, context.size(40, 2));
        int programsBefore = programs.calls();
        int commandsBefore = programs.commands();
        long start = System.nanoTime();
        run(client, count);
        Map<Metric, Double> values = new LinkedHashMap<>();
        values.put(WALL_TIME, (System.nanoTime() - start) / 1e9);
        values.put(PROGRAMS, 1.0 * (programs.calls() - programsBefore) / count);
        values.put(COMMANDS, 1.0 * (programs.commands() - commandsBefore) / count);
        return values;
      } finally {
        Context.delete(directory);
      }
    };
  }

  private static void run(JobsClient client, int count) throws InterruptedException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(client.submit(Engines.request()).id());
    }
    for (String id : ids) {
      Job job = client.await(id, PATIENCE);
      if (job.status() != JobStatus.FINISHED) {
        throw new IllegalStateException("the job " + job.lastStatusMessage());
      }
    }
  }

  private static Measurement loop(Context context, SlurmCluster cluster, int count, String sbatch) {
    String script =
        """
        i=0
        while [ $i -lt "$1" ]; do
          i=$((i + 1))
          SBATCH --parsable --job-name="$2" --output="$PWD/job-$i.out" --wrap=/bin/true >ids || exit
        done
        while queue=$(squeue -h --name="$2" -o %i) && [ -n "$queue" ]; do sleep 1; done
        """
            .replace("SBATCH", sbatch);
    return () -> {
      Path directory = context.newDirectory("loop");
      SlurmPrograms programs = new SlurmPrograms(directory, cluster);
      try (CommandRunner runner = programs.open(new LoginAccess("LOCAL", null, 0))) {
        long start = System.nanoTime();
        CommandResult result =
            runner.run(
                Command.of("sh", "-c", script, "sh", count + "", "benchmark-" + UUID.randomUUID())
                    .in(directory.toString())
                    .within(PATIENCE));
        if (!result.succeeded()) {
          throw new IllegalStateException("the loop failed: " + result);
        }
        Map<Metric, Double> values = new LinkedHashMap<>();
        values.put(WALL_TIME, (System.nanoTime() - start) / 1e9);
        values.put(PROGRAMS, 1.0 * programs.calls() / count);
        return values;
      } finally {
        Context.delete(directory);
      }
    };
  }

  /** Another catalog, whose execution system is a cluster. */
  private record OnSlurm(Catalog files) implements Catalog {
    @Override
    public Optional<App> app(String tenantId, String appId) {
      return files.app(tenantId, appId);
    }

    @Override
    public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
      return files
          .executionSystem(tenantId, systemId)
          .map(
              system ->
                  new ExecutionSystem(
                      system.id(),
                      system.tenantId(),
                      system.available(),
                      "SLURM",
                      system.login(),
                      system.storage(),
                      system.workDir(),
                      system.scratchDir(),
                      system.startupScript(),
                      system.environment(),
                      system.loginEnvironment(),
                      system.maxSystemJobs(),
                      system.maxSystemJobsPerUser(),
                      List.of(
                          new BatchQueue("normal", null, -1, -1, -1, -1, null, null, null, true))));
    }

    @Override
    public Optional<StorageSystem> storageSystem(String tenantId, String systemId) {
      return files.storageSystem(tenantId, systemId);
    }

    @Override
    public Optional<StorageSystem> defaultStorageSystem(String tenantId) {
      return files.defaultStorageSystem(tenantId);
    }
  }
}
