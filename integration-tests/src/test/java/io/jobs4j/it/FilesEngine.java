package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.adapters.fork.ForkSchedulerProvider;
import io.jobs4j.adapters.slurm.SlurmSchedulerProvider;
import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.RunLedger;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process with an engine whose jobs have many files. It submits some whenever few are on their
 * way, says which it has been promised, and cancels, pauses and resumes jobs as it likes, until it
 * is killed.
 *
 * @param directory where the engine's files are
 * @param shared a directory in which all may write
 * @param place where jobs run
 * @param url of the database
 * @param node the engine's name
 */
record FilesEngine(Path directory, Path shared, Place place, String url, String node) {
  /** After which others take its jobs. */
  static final Duration LEASE = Duration.ofSeconds(2);

  /** As many as an engine leaves to be done before it submits more. */
  private static final int ON_THEIR_WAY = 10;

  /** What users do between two calls. */
  private static final long PACE_NANOS = 20_000_000;

  /** The ways in which jobs run. */
  enum Place {
    FORK,
    FORK_OVER_SSH,
    SLURM,
    SLURM_OVER_SSH
  }

  /** What starts it; its progress is the number of jobs that have begun. */
  CrashHarness harness() {
    return CrashHarness.of(FilesEngine.class)
        .arguments(directory.toString(), shared.toString(), place.name(), url, node)
        .jvmOptions(
            "-Xmx256m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        .patience(ClusterFixture.PATIENCE)
        .build();
  }

  FilesApp app() {
    return new FilesApp(shared);
  }

  /** The jobs that were promised. */
  RunLedger promised() {
    return RunLedger.in(directory.resolve("promised.log"));
  }

  /** Has engines submit no more, and leave nothing paused. */
  void finish() throws IOException {
    Files.writeString(directory.resolve("finish"), "");
    SlowScheduler.delay(directory, Duration.ZERO);
    app().letGo();
  }

  /** An engine as the processes have it; not started. */
  ClusterFixture fixture() throws IOException {
    ClusterFixture fixture =
        switch (place) {
          case FORK -> ClusterFixture.fork(directory);
          case FORK_OVER_SSH -> ClusterFixture.forkOverSsh(directory);
          case SLURM -> ClusterFixture.slurm(directory, ClusterReach.LOCAL);
          case SLURM_OVER_SSH -> ClusterFixture.slurm(directory, ClusterReach.OVER_SSH);
        };
    return app().define(fixture.database(new TestDatabase(directory, url)));
  }

  public static void main(String[] arguments) throws IOException {
    new FilesEngine(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Place.valueOf(arguments[2]),
            arguments[3],
            arguments[4])
        .run();
  }

  private void run() throws IOException {
    RemoteSchedulerProvider scheduler =
        switch (place) {
          case FORK, FORK_OVER_SSH -> new ForkSchedulerProvider();
          case SLURM, SLURM_OVER_SSH -> new SlurmSchedulerProvider();
        };
    try (ClusterFixture fixture =
            fixture()
                .settings(
                    builder ->
                        builder
                            .node(node)
                            .lease(LEASE)
                            .workers(4)
                            .adapter(new SlowScheduler(scheduler, directory)));
        OutputStream promised =
            Files.newOutputStream(
                directory.resolve("promised.log"),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
      start(fixture);
      JobsClient client = fixture.client();
      Random random = new Random();
      while (true) {
        LockSupport.parkNanos(PACE_NANOS);
        try {
          List<Job> active = client.list(active());
          if (Files.exists(directory.resolve("finish"))) {
            for (Job job : active) {
              client.resume(job.id());
            }
          } else if (active.size() < ON_THEIR_WAY) {
            submit(client, random, promised);
          } else if (random.nextInt(10) == 0) {
            disturb(client, active.get(random.nextInt(active.size())).id(), random.nextInt(5));
          }
        } catch (JobsException e) {
          // The database may be away, or the job over: the next turn sees.
        }
      }
    }
  }

  /** The database may be away. */
  private static void start(ClusterFixture fixture) {
    await()
        .atMost(ClusterFixture.PATIENCE)
        .ignoreExceptionsMatching(StoreException.class::isInstance)
        .until(
            () -> {
              fixture.start();
              return true;
            });
  }

  /** Asks for jobs that are not over. */
  static JobQuery active() {
    return JobQuery.all()
        .withStatus(
            Arrays.stream(JobStatus.values())
                .filter(status -> !status.isTerminal())
                .toArray(JobStatus[]::new));
  }

  private static void submit(JobsClient client, Random random, OutputStream promised)
      throws IOException {
    String seconds =
        random.nextInt(5) == 0 ? "go" : "%d.%d".formatted(random.nextInt(2), random.nextInt(10));
    String id = client.submit(FilesApp.request(seconds)).id();
    promised.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void disturb(JobsClient client, String job, int what) {
    switch (what) {
      case 0 -> client.cancel(job);
      case 1, 2 -> client.pause(job);
      default -> client.resume(job);
    }
  }
}
