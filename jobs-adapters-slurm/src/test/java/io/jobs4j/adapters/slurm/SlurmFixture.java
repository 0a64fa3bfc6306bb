package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler on a cluster that does what a real one does not do on demand. */
@Timeout(120)
abstract class SlurmFixture {
  static final String KEY = "attempt-1";
  static final String NAME = "jobs-" + KEY;

  @TempDir Path temporary;

  final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  FakeCluster cluster;
  SlurmScheduler scheduler;
  Path work;

  @BeforeEach
  void open() throws IOException {
    cluster = new FakeCluster(Files.createDirectory(temporary.resolve("fake")));
    scheduler = new SlurmScheduler(cluster, clock, false);
    work = Files.createDirectory(temporary.resolve("it's the work"));
  }

  @AfterEach
  void close() {
    scheduler.close();
    cluster.close();
  }

  void intent() throws IOException {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.intent.1"), "intent 1\n");
  }

  void records(String run, String end) throws IOException {
    Files.createDirectories(work.resolve(".jobs4j"));
    Files.writeString(work.resolve(".jobs4j/attempt-1.run"), run);
    Files.writeString(work.resolve(".jobs4j/attempt-1.end"), end);
  }

  RemoteStatus status(RemoteJob job) throws InterruptedException {
    RemoteStatus status = scheduler.statuses(List.of(job)).get(job);
    assertThat(status).isNotNull();
    return status;
  }

  SlurmScheduler other() {
    return new SlurmScheduler(cluster, clock, false);
  }

  Attempt attempt() {
    return new Attempt(KEY, work.toString());
  }

  LaunchSpec spec() {
    return spec(attempt());
  }

  static LaunchSpec spec(Attempt attempt) {
    return LaunchSpec.builder(attempt)
        .name("name")
        .script("job.sh")
        .output("job.out")
        .error("job.err")
        .build();
  }
}
