package io.jobs4j.it;

import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.FaultyDataSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A process with an engine that submits jobs, and says which it has been promised, until killed.
 *
 * @param directory where all is
 * @param url of the database
 * @param node the engine's name
 * @param lease how long the others wait for it
 * @param workers how many it has
 * @param waiting how many jobs that wait to be released it submits first
 * @param submits whether it submits others after that, up to the limit
 * @param crashesAtCommits whether the database has crash points
 */
record EngineChild(
    Path directory,
    String url,
    String node,
    Duration lease,
    int workers,
    int waiting,
    boolean submits,
    boolean crashesAtCommits) {
  private static final int PROMISE_LENGTH = LedgerApps.ID_LENGTH + 1;

  /** One that submits jobs as fast as it can. */
  static EngineChild on(TestDatabase database, String node) {
    return new EngineChild(
        database.directory(), database.url(), node, Duration.ofSeconds(30), 4, 0, true, false);
  }

  EngineChild withLease(Duration time) {
    return new EngineChild(directory, url, node, time, workers, waiting, submits, crashesAtCommits);
  }

  EngineChild withWorkers(int count) {
    return new EngineChild(directory, url, node, lease, count, waiting, submits, crashesAtCommits);
  }

  EngineChild withWaitingJobs(int count) {
    return new EngineChild(directory, url, node, lease, workers, count, submits, crashesAtCommits);
  }

  EngineChild thatSubmitsNothing() {
    return new EngineChild(directory, url, node, lease, workers, waiting, false, crashesAtCommits);
  }

  EngineChild thatCrashesAtCommits() {
    return new EngineChild(directory, url, node, lease, workers, waiting, submits, true);
  }

  /** What starts it; its progress is the number of jobs that it was promised. */
  CrashHarness.Builder harness() {
    return CrashHarness.of(EngineChild.class)
        .arguments(
            directory.toString(),
            url,
            node,
            lease.toString(),
            Integer.toString(workers),
            Integer.toString(waiting),
            Boolean.toString(submits),
            Boolean.toString(crashesAtCommits))
        .jvmOptions(
            "-Xmx256m",
            "-Xshare:auto",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
        .progressInLines(LedgerApps.promised(directory))
        .patience(EngineFixture.PATIENCE);
  }

  /** Lets processes submit no more than this many jobs, all together and more or less. */
  static void limit(Path directory, int jobs) throws IOException {
    Path next = Files.writeString(directory.resolve("limit.new"), Integer.toString(jobs));
    Files.move(
        next,
        directory.resolve("limit"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  public static void main(String[] arguments) throws IOException {
    new EngineChild(
            Path.of(arguments[0]),
            arguments[1],
            arguments[2],
            Duration.parse(arguments[3]),
            Integer.parseInt(arguments[4]),
            Integer.parseInt(arguments[5]),
            Boolean.parseBoolean(arguments[6]),
            Boolean.parseBoolean(arguments[7]))
        .run();
  }

  private void run() throws IOException {
    TestDatabase database = new TestDatabase(directory, url);
    JobsEngineBuilder builder =
        JobsEngine.builder()
            .catalog(LedgerApps.systems(directory).catalog())
            .adapter(new ObservedFork(directory, node))
            .node(node)
            .lease(lease)
            .workers(workers);
    if (crashesAtCommits) {
      builder.dataSource(FaultyDataSource.of(database.dataSource()));
    } else {
      database.useFor(builder);
    }
    try (JobsEngine engine = builder.start();
        OutputStream promised =
            Files.newOutputStream(
                LedgerApps.promised(directory),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      for (int i = 0; i < waiting; i++) {
        submit(client, "wait", promised);
      }
      while (true) {
        if (!mayGoOn()) {
          await().forever().until(this::mayGoOn);
        }
        submit(client, "append", promised);
      }
    }
  }

  private static void submit(JobsClient client, String app, OutputStream promised)
      throws IOException {
    String id = client.submit(JobRequest.builder(app, app + "-1.0").archive(true).build()).id();
    promised.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  private boolean mayGoOn() {
    Path limit = directory.resolve("limit");
    try {
      return submits
          && (!Files.exists(limit)
              || Files.size(LedgerApps.promised(directory)) / PROMISE_LENGTH
                  < Long.parseLong(Files.readString(limit)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
