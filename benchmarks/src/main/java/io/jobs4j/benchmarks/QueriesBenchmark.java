package io.jobs4j.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How long questions take when there are many finished jobs of one owner, beside the same with few.
 * The ratio is the inverse of the growth.
 */
final class QueriesBenchmark implements Benchmark {
  private static final int CALLS = 300;
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

  @Override
  public String name() {
    return "queries";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      Path directory = context.newDirectory("engine");
      try (Filled few = Filled.with(context, kind, directory, context.size(10_000, 1_000));
          Filled many = Filled.with(context, kind, directory, context.size(1_000_000, 20_000))) {
        rows.addAll(
            Rounds.run(
                context,
                name(),
                List.of(
                    Subject.ours(many.name(), many.measurement()),
                    Subject.reference(few.name(), few.measurement()))));
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

  /** An engine with jobs. */
  private record Filled(
      String name, BenchmarkDatabase database, JobsEngine engine, List<String> ids)
      implements AutoCloseable {
    private static final int SAMPLE = 1000;

    static Filled with(Context context, Kind kind, Path directory, int count) throws Exception {
      BenchmarkDatabase database = context.database(kind);
      try {
        // H2 would answer a question that it was just asked without looking.
        HikariDataSource pool = database.pool(kind == Kind.H2 ? ";OPTIMIZE_REUSE_RESULTS=0" : "");
        SteadyScheduler scheduler = SteadyScheduler.endsAtOnce();
        try (JobsEngine engine = Engines.bare(directory, scheduler).dataSource(pool).start()) {
          JobsClient client = Engines.client(engine);
          String id = client.submit(Engines.archivingRequest()).id();
          client.await(id, Duration.ofMinutes(1));
        }
        Seed seed = new Seed(pool, kind);
        seed.copies(count - 1);
        List<String> ids = seed.sample(SAMPLE);
        JobsEngine engine = Engines.bare(directory, scheduler).dataSource(pool).start();
        String name = "jobs4j, %s, %,d jobs".formatted(kind.label(), count);
        return new Filled(name, database, engine, ids);
      } catch (Exception e) {
        database.close();
        throw e;
      }
    }

    Measurement measurement() {
      JobsClient client = Engines.client(engine);
      return () -> {
        Map<Metric, Double> values = new LinkedHashMap<>();
        values.put(p99("list newest 100"), time(i -> client.list(JobQuery.all())));
        values.put(
            p99("list FINISHED, newest 100"),
            time(i -> client.list(JobQuery.all().withStatus(JobStatus.FINISHED))));
        values.put(
            p99("list RUNNING, of which there are none"),
            time(i -> client.list(JobQuery.all().withStatus(JobStatus.RUNNING))));
        values.put(p99("status"), time(i -> client.status(ids.get(i % ids.size()))));
        values.put(p99("history"), time(i -> client.history(ids.get(i % ids.size()))));
        return values;
      };
    }

    private static Metric p99(String call) {
      return new Metric(call + " p99", Unit.MILLISECONDS);
    }

    private static double time(Crowd.Action call) throws Exception {
      for (int i = 0; i < 20; i++) {
        call.run(i);
      }
      double[] millis = new double[CALLS];
      int done = 0;
      long end = System.nanoTime() + LIMIT_NANOS;
      while (done < CALLS && System.nanoTime() - end < 0) {
        long before = System.nanoTime();
        call.run(done + 20);
        millis[done++] = Crowd.millis(System.nanoTime() - before);
      }
      return Summary.percentile(Arrays.copyOf(millis, Math.max(1, done)), 99);
    }

    @Override
    public void close() throws IOException, SQLException {
      try (database) {
        engine.close();
      }
    }
  }
}
