package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Jobs that are processes of this machine, with their real files, beside processes that are started
 * without any of that, and beside GNU parallel, which keeps a log of jobs and files of what they
 * write, if it is installed.
 *
 * <p>What a long-lived service sees is measured, so that much goes before that has the JVM compile
 * its code.
 */
final class ForkBenchmark implements Benchmark {
  private static final int PARALLEL = 8;
  private static final int COUNT = 1000;
  private static final int SMALL = 30;
  private static final Metric JOBS = new Metric(PARALLEL + " at a time", Unit.PER_SECOND);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "fork";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      rows.addAll(
          Rounds.run(
              context,
              name(),
              List.of(
                  Subject.ours("jobs4j with FORK, " + kind.label(), engine(context, kind)),
                  Subject.reference("bare processes", () -> measured(context, i -> runProcess())),
                  Subject.reference("GNU parallel", () -> parallel(context)))));
    }
    return rows;
  }

  private static Measurement engine(Context context, Kind kind) {
    return () -> {
      Path directory = context.newDirectory("engine");
      try (BenchmarkDatabase database = context.database(kind);
          JobsEngine engine = database.giveTo(Engines.builder(directory)).start()) {
        JobsClient client = Engines.client(engine);
        return measured(
            context,
            i -> {
              Job job = client.await(client.submit(Engines.request()).id(), PATIENCE);
              if (job.status() != JobStatus.FINISHED) {
                throw new IllegalStateException("the job " + job.lastStatusMessage());
              }
            });
      }
      // Its files stay until the end: file systems look long for places for new files when many
      // were deleted just before, which would count for whoever comes next.
    };
  }

  private static Map<Metric, Double> parallel(Context context) throws Exception {
    int count = context.size(COUNT, SMALL);
    Path directory = context.newDirectory("parallel");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "seq \"$1\" | parallel -j \"$2\" --joblog log --results out /bin/true",
                "sh",
                Integer.toString(count),
                Integer.toString(PARALLEL))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("printed").toFile())
            .start();
    process.getOutputStream().close();
    long start = System.nanoTime();
    int exit = process.waitFor();
    double rate = count * 1e9 / (System.nanoTime() - start);
    if (exit != 0) {
      throw new IllegalStateException(
          "parallel returned %s: %s"
              .formatted(exit, Files.readString(directory.resolve("printed")).strip()));
    }
    return Map.of(JOBS, rate);
  }

  private static void runProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/bin/true")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException("/bin/true returned " + exit);
    }
  }

  private static Map<Metric, Double> measured(Context context, Crowd.Action action)
      throws Exception {
    int count = context.size(COUNT, SMALL);
    Crowd.each(PARALLEL, context.size(4 * COUNT, SMALL), action);
    long start = System.nanoTime();
    Crowd.each(PARALLEL, count, action);
    double rate = count * 1e9 / (System.nanoTime() - start);
    double[] latencies = new double[context.size(200, 20)];
    for (int i = 0; i < latencies.length; i++) {
      long before = System.nanoTime();
      action.run(i);
      latencies[i] = Crowd.millis(System.nanoTime() - before);
    }
    Map<Metric, Double> values = new LinkedHashMap<>();
    values.put(JOBS, rate);
    values.put(new Metric("alone p50", Unit.MILLISECONDS), Summary.percentile(latencies, 50));
    values.put(new Metric("alone p99", Unit.MILLISECONDS), Summary.percentile(latencies, 99));
    return values;
  }
}
