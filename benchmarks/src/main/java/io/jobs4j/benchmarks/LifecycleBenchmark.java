package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Measurement;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Whole lives of jobs a second: 64 threads submit them in one burst, and the clock runs from the
 * first submission until the last job is over. The scheduler ends every job at once.
 */
final class LifecycleBenchmark implements Benchmark {
  private static final Metric JOBS = new Metric("", Unit.PER_SECOND);
  private static final int SUBMITTERS = 64;
  private static final int LEAST_HISTORY = 12;
  private static final int PAGE = JobQuery.MAX_LIMIT;
  private static final JobStatus[] UNDER_WAY =
      Stream.of(JobStatus.values())
          .filter(status -> !status.isTerminal())
          .toArray(JobStatus[]::new);

  @Override
  public String name() {
    return "lifecycle";
  }

  @Override
  public List<Row> run(Context context) throws Exception {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : context.databases()) {
      int count = context.size(kind == Kind.H2 ? 5_000 : 20_000, 1_000);
      int withFiles = context.size(1_000, 100);
      String where = ", %s, ".formatted(kind.label());
      rows.addAll(
          Rounds.run(
              context,
              name(),
              List.of(
                  Subject.ours(
                      "jobs4j" + where + count + " jobs", engine(context, kind, count, false)),
                  Subject.reference(
                      DbScheduler.name(kind) + where + "enqueue and execute",
                      dbScheduler(context, kind, count, true)),
                  Subject.ours(
                      "jobs4j, local files" + where + withFiles + " jobs",
                      engine(context, kind, withFiles, true)),
                  Subject.reference(
                      DbScheduler.name(kind) + where + "execute only",
                      dbScheduler(context, kind, count, false)),
                  Subject.reference(
                      JobRunrPeer.name(kind) + where + "enqueue and execute",
                      jobRunr(context, kind, count, true)),
                  Subject.reference(
                      JobRunrPeer.name(kind) + where + "execute only",
                      jobRunr(context, kind, count, false)))));
    }
    return rows;
  }

  private static Measurement engine(Context context, Kind kind, int count, boolean files) {
    return () -> {
      Path directory = context.newDirectory("engine");
      SteadyScheduler scheduler = SteadyScheduler.endsAtOnce();
      JobsEngineBuilder builder =
          files
              ? Engines.builder(directory).adapter(scheduler)
              : Engines.bare(directory, scheduler);
      try (BenchmarkDatabase database = context.database(kind);
          JobsEngine engine = database.giveTo(builder).start()) {
        JobsClient client = Engines.client(engine);
        ConcurrentLinkedQueue<String> ids = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        Crowd.each(SUBMITTERS, count, i -> ids.add(client.submit(Engines.archivingRequest()).id()));
        Crowd.until("the last submission", 5, () -> scheduler.submitted() >= count);
        JobQuery underWay = JobQuery.all().withStatus(UNDER_WAY).withPage(0, 1);
        Crowd.until("the end of all jobs", 20, () -> client.list(underWay).isEmpty());
        long nanos = System.nanoTime() - start;
        check(client, List.copyOf(ids), count);
        return Map.of(JOBS, count * 1e9 / nanos);
      } finally {
        Context.delete(directory);
      }
    };
  }

  /** What was not done whole was not fast. */
  private static void check(JobsClient client, List<String> ids, int count) throws Exception {
    List<Job> jobs = new ArrayList<>();
    for (int offset = 0; offset < count; offset += PAGE) {
      jobs.addAll(client.list(JobQuery.all().withPage(offset, PAGE)));
    }
    long finished = jobs.stream().filter(job -> job.status() == JobStatus.FINISHED).count();
    if (finished != count || ids.size() != count) {
      throw new IllegalStateException(
          "%s of %s jobs are FINISHED; the first of the others: %s"
              .formatted(
                  finished,
                  count,
                  jobs.stream()
                      .filter(job -> job.status() != JobStatus.FINISHED)
                      .findFirst()
                      .map(Job::lastStatusMessage)
                      .orElse("none is there")));
    }
    Crowd.each(
        8,
        count,
        i -> {
          int entries = client.history(ids.get(i - 1)).size();
          if (entries < LEAST_HISTORY) {
            throw new IllegalStateException(
                "job %s has %s history entries; at least %s are expected"
                    .formatted(ids.get(i - 1), entries, LEAST_HISTORY));
          }
        });
  }

  private static Measurement dbScheduler(
      Context context, Kind kind, int count, boolean withEnqueue) {
    return () -> {
      AtomicInteger ran = new AtomicInteger();
      try (BenchmarkDatabase database = context.database(kind);
          DbScheduler scheduler = DbScheduler.polling(database, ran::incrementAndGet)) {
        if (!withEnqueue) {
          scheduler.enqueueAll(count);
        }
        long start = System.nanoTime();
        scheduler.start();
        if (withEnqueue) {
          Crowd.each(SUBMITTERS, count, scheduler::enqueue);
        }
        Crowd.until("the run of all tasks", 5, () -> ran.get() >= count);
        Crowd.until("the end of all tasks", 5, () -> scheduler.left() == 0);
        return Map.of(JOBS, count * 1e9 / (System.nanoTime() - start));
      }
    };
  }

  private static Measurement jobRunr(Context context, Kind kind, int count, boolean withEnqueue) {
    return () -> {
      AtomicInteger ran = new AtomicInteger();
      try (BenchmarkDatabase database = context.database(kind);
          JobRunrPeer jobRunr = new JobRunrPeer(database, ran::incrementAndGet)) {
        if (withEnqueue) {
          jobRunr.start();
        } else {
          jobRunr.enqueueAll(count);
        }
        long start = System.nanoTime();
        if (withEnqueue) {
          Crowd.each(SUBMITTERS, count, i -> jobRunr.enqueue());
        } else {
          jobRunr.start();
        }
        Crowd.until("the run of all jobs", 5, () -> ran.get() >= count);
        Crowd.until("the end of all jobs", 20, () -> jobRunr.succeeded() >= count);
        return Map.of(JOBS, count * 1e9 / (System.nanoTime() - start));
      }
    };
  }
}
