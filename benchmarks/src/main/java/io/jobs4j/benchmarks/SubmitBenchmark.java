package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Submissions acknowledged a second: by an engine that only accepts, as the peers do here, and by
 * one that works on what was submitted meanwhile, with jobs that stop at {@code QUEUED}.
 */
final class SubmitBenchmark implements Benchmark {
  private static final Metric ACKNOWLEDGED = new Metric("", Unit.PER_SECOND);

  private final List<Integer> threadCounts;

  SubmitBenchmark() {
    this(List.of(1, 16, 256));
  }

  SubmitBenchmark(List<Integer> threadCounts) {
    this.threadCounts = threadCounts;
  }

  @Override
  public String name() {
    return "submit";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      for (int threads : threadCounts) {
        String where = ", %s, %s threads".formatted(kind.label(), threads);
        rows.addAll(
            Rounds.run(
                context,
                name(),
                List.of(
                    Subject.ours(
                        "jobs4j, accepts only" + where,
                        engine(context, kind, threads, builder -> builder.workers(0))),
                    Subject.reference("bare group commit" + where, bare(context, kind, threads)),
                    Subject.ours(
                        "jobs4j, also at work" + where,
                        engine(context, kind, threads, builder -> builder)),
                    Subject.reference(
                        DbScheduler.name(kind) + where, dbScheduler(context, kind, threads)),
                    Subject.reference(
                        JobRunrPeer.name(kind) + where, jobRunr(context, kind, threads)))));
      }
    }
    return rows;
  }

  private static Measurement engine(
      Context context, Kind kind, int threads, UnaryOperator<JobsEngineBuilder> settings) {
    return () -> {
      Path directory = context.newDirectory("engine");
      try (BenchmarkDatabase database = context.database(kind);
          JobsEngine engine =
              settings
                  .apply(database.giveTo(Engines.bare(directory, SteadyScheduler.staysQueued())))
                  .start()) {
        JobsClient client = Engines.client(engine);
        return measured(context, threads, i -> client.submit(Engines.request()));
      } finally {
        Context.delete(directory);
      }
    };
  }

  private static Measurement bare(Context context, Kind kind, int threads) {
    return () -> {
      try (BenchmarkDatabase database = context.database(kind);
          GroupCommit commit = new GroupCommit(database)) {
        return measured(context, threads, i -> commit.submit());
      }
    };
  }

  private static Measurement dbScheduler(Context context, Kind kind, int threads) {
    return () -> {
      try (BenchmarkDatabase database = context.database(kind);
          DbScheduler scheduler = DbScheduler.polling(database, () -> {})) {
        return measured(context, threads, scheduler::enqueue);
      }
    };
  }

  private static Measurement jobRunr(Context context, Kind kind, int threads) {
    return () -> {
      try (BenchmarkDatabase database = context.database(kind);
          JobRunrPeer jobRunr = new JobRunrPeer(database, () -> {})) {
        return measured(context, threads, i -> jobRunr.enqueue());
      }
    };
  }

  private static Map<Metric, Double> measured(Context context, int threads, Crowd.Action action)
      throws Exception {
    double rate =
        Crowd.perSecond(threads, context.size(1500, 300), context.size(4000, 700), action);
    return Map.of(ACKNOWLEDGED, rate);
  }
}
