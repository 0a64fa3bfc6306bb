package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What jobs that wait at their scheduler cost: memory, questions to the database and to the
 * scheduler, and threads. The jobs are submitted once and looked at in each round.
 */
final class HeapBenchmark implements Benchmark {
  @Override
  public String name() {
    return "heap";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      Path directory = context.newDirectory("engine");
      try {
        rows.addAll(run(context, kind, directory));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        context.failed(name(), kind.label(), e);
      } finally {
        Context.delete(directory);
      }
    }
    return rows;
  }

  private List<Row> run(Context context, Kind kind, Path directory) throws Exception {
    int count = context.size(100_000, 5_000);
    SteadyScheduler scheduler = SteadyScheduler.staysQueued();
    try (BenchmarkDatabase database = context.database(kind)) {
      // H2's cache is in this heap too; it is not the engine's.
      CountingSource source =
          new CountingSource(database.pool(kind == Kind.H2 ? ";CACHE_SIZE=1024" : ""));
      int threadsBefore = threads();
      try (JobsEngine engine = Engines.bare(directory, scheduler).dataSource(source).start()) {
        JobsClient client = Engines.client(engine);
        submit(client, scheduler, 100);
        long before = usedHeap();
        submit(client, scheduler, count);
        return Rounds.run(
            context,
            name(),
            List.of(
                Subject.ours(
                    "jobs4j, %s, %,d jobs QUEUED".formatted(kind.label(), count),
                    () -> {
                      Map<Metric, Double> values = new LinkedHashMap<>();
                      values.put(
                          new Metric("heap for each job", Unit.BYTES),
                          (usedHeap() - before) / (double) count);
                      long statements = source.executed();
                      long calls = scheduler.statusCalls();
                      long start = System.nanoTime();
                      TimeUnit.SECONDS.sleep(context.size(60, 5));
                      double minutes = (System.nanoTime() - start) / 60e9;
                      values.put(
                          new Metric("statements to the database", Unit.PER_MINUTE),
                          (source.executed() - statements) / minutes);
                      values.put(
                          new Metric("status calls to the scheduler", Unit.PER_MINUTE),
                          (scheduler.statusCalls() - calls) / minutes);
                      values.put(
                          new Metric("threads", Unit.THREADS),
                          (double) (threads() - threadsBefore));
                      return values;
                    })));
      }
    }
  }

  private static void submit(JobsClient client, SteadyScheduler scheduler, int count)
      throws Exception {
    long expected = scheduler.submitted() + count;
    Crowd.each(64, count, i -> client.submit(Engines.request()));
    Crowd.until("the last submission", 50, () -> scheduler.submitted() >= expected);
    JobQuery rest = JobQuery.all().withStatus(JobStatus.SUBMITTING).withPage(0, 1);
    Crowd.until("all QUEUED", 200, () -> client.list(rest).isEmpty());
  }

  private static long usedHeap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(100);
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
