package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * From the call of {@code submit} to its answer and to the moment at which the scheduler is asked
 * to start the job, one job at a time on an engine that has nothing else to do.
 */
final class StartLatencyBenchmark implements Benchmark {
  private static final long PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "start-latency";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      String where = ", " + kind.label();
      rows.addAll(
          Rounds.run(
              context,
              name(),
              List.of(
                  Subject.ours("jobs4j" + where, engine(context, kind)),
                  Subject.reference(
                      DbScheduler.name(kind) + ", immediate execution" + where,
                      dbScheduler(context, kind)))));
    }
    return rows;
  }

  private interface Submission {
    /** Submits and returns what waits until the engine is idle again. */
    Crowd.Condition run(int number) throws Exception;
  }

  private static Measurement engine(Context context, Kind kind) {
    return () -> {
      BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
      Path directory = context.newDirectory("engine");
      SteadyScheduler scheduler =
          SteadyScheduler.endsAtOnce(attempt -> starts.add(System.nanoTime()));
      try (BenchmarkDatabase database = context.database(kind);
          JobsEngine engine = database.giveTo(Engines.bare(directory, scheduler)).start()) {
        JobsClient client = Engines.client(engine);
        return samples(
            context,
            starts,
            i -> {
              String id = client.submit(Engines.request()).id();
              return () ->
                  client.await(id, Duration.ofSeconds(PATIENCE_SECONDS)).status().isTerminal();
            });
      } finally {
        Context.delete(directory);
      }
    };
  }

  private static Measurement dbScheduler(Context context, Kind kind) {
    return () -> {
      BlockingQueue<Long> starts = new LinkedBlockingQueue<>();
      try (BenchmarkDatabase database = context.database(kind);
          DbScheduler scheduler =
              DbScheduler.immediate(database, () -> starts.add(System.nanoTime()))) {
        scheduler.start();
        return samples(
            context,
            starts,
            i -> {
              scheduler.enqueue(i);
              return () -> scheduler.left() == 0;
            });
      }
    };
  }

  private static Map<Metric, Double> samples(
      Context context, BlockingQueue<Long> starts, Submission submission) throws Exception {
    int warmUp = context.size(200, 20);
    int count = context.size(300, 50);
    double[] acks = new double[count];
    double[] delays = new double[count];
    for (int i = -warmUp; i < count; i++) {
      long before = System.nanoTime();
      Crowd.Condition idle = submission.run(i + warmUp);
      long answered = System.nanoTime();
      @Nullable Long started = starts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (started == null) {
        throw new IllegalStateException("a job did not start in %s s".formatted(PATIENCE_SECONDS));
      }
      if (i >= 0) {
        acks[i] = Crowd.millis(answered - before);
        delays[i] = Crowd.millis(started - before);
      }
      Crowd.until("the end of the job", 2, idle);
    }
    Map<Metric, Double> values = new LinkedHashMap<>();
    values.put(new Metric("start p50", Unit.MILLISECONDS), Summary.percentile(delays, 50));
    values.put(new Metric("start p99", Unit.MILLISECONDS), Summary.percentile(delays, 99));
    values.put(new Metric("ack p50", Unit.MILLISECONDS), Summary.percentile(acks, 50));
    values.put(new Metric("ack p99", Unit.MILLISECONDS), Summary.percentile(acks, 99));
    return values;
  }
}
