package io.jobs4j.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.testkit.ChildJvm;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testsupport.PostgresServer;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Engines that are killed, stopped for longer than their lease, cut off from the database, and slow
 * in all that they do on the schedulers, while users cancel, pause and resume. In the end every
 * archive has, byte for byte, what its job wrote, and nothing is left over.
 */
class FilesUnderFaultsIT {
  private static final int ENGINES = 3;
  private static final int DISK_MEGABYTES = 64;

  /** What happens to engines. */
  private enum Fault {
    KILL,
    STOP,
    CUT_DATABASE,
    STOP_DATABASE,
    FILL_DISK,
    KILL_ON_FULL_DISK,
    SLOW_SCHEDULER;

    private static final Set<Fault> OF_SERVER = EnumSet.of(CUT_DATABASE, STOP_DATABASE);
    private static final Set<Fault> OF_DISK = EnumSet.of(FILL_DISK, KILL_ON_FULL_DISK);

    /** What can happen to a database on a server or on a disk. */
    static List<Fault> of(@Nullable PostgresServer server, @Nullable FullDisk disk) {
      Set<Fault> all = EnumSet.allOf(Fault.class);
      if (server == null) {
        all.removeAll(OF_SERVER);
      }
      if (disk == null) {
        all.removeAll(OF_DISK);
      }
      return List.copyOf(all);
    }
  }

  @TempDir Path directory;

  private Path shared;
  private Random random;
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);

  @BeforeEach
  void makeRoomForJobs() throws IOException {
    shared = Files.createTempDirectory(Path.of("/tmp"), "jobs4j-files");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    for (String ledger : List.of("begun", "ended", "broken")) {
      Path file = Files.createFile(shared.resolve(ledger));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
  }

  @AfterEach
  void clean() throws IOException {
    try (var files = Files.list(shared)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(shared);
  }

  @Test
  void forkedJobs() throws Exception {
    onPostgres(FilesEngine.Place.FORK);
  }

  @Test
  void forkedJobsOfOneEngine() throws Exception {
    disturb(
        List.of(engine(FilesEngine.Place.FORK, TestDatabase.h2(directory), 0)),
        TestDatabase.h2(directory),
        null,
        null);
  }

  @Test
  void forkedJobsOfAnEngineWhoseDiskFillsUp() throws Exception {
    try (FullDisk disk = FullDisk.mount(directory.resolve("database"), DISK_MEGABYTES)) {
      disturb(
          List.of(engine(FilesEngine.Place.FORK, TestDatabase.h2(directory), 0)),
          TestDatabase.h2(directory),
          null,
          disk);
    }
  }

  @Test
  @RequiresServices(Service.SSHD)
  void forkedJobsOverSsh() throws Exception {
    onPostgres(FilesEngine.Place.FORK_OVER_SSH);
  }

  @Test
  @RequiresServices(Service.SLURM)
  void jobsOnSlurm() throws Exception {
    onPostgres(FilesEngine.Place.SLURM);
  }

  private void onPostgres(FilesEngine.Place place) throws Exception {
    try (PostgresServer server = PostgresServer.start(directory.resolve("postgres"))) {
      server.createDatabase("jobs");
      TestDatabase database = new TestDatabase(directory, server.url("jobs"));
      List<FilesEngine> engines = new ArrayList<>();
      for (int i = 0; i < ENGINES; i++) {
        engines.add(engine(place, database, i));
      }
      disturb(engines, database, server, null);
    }
  }

  private FilesEngine engine(FilesEngine.Place place, TestDatabase database, int number) {
    return new FilesEngine(directory, shared, place, database.url(), "engine " + number);
  }

  /**
   * Lets engines work while this and that happens to them, and then come to an end.
   *
   * @param server the database's; {@code null} if each engine has the database in itself
   * @param disk the database's; {@code null} if it cannot be filled up
   */
  private void disturb(
      List<FilesEngine> engines,
      TestDatabase database,
      @Nullable PostgresServer server,
      @Nullable FullDisk disk)
      throws Exception {
    FilesEngine first = engines.get(0);
    long seed = Chaos.seed("FilesUnderFaultsIT, %d on %s".formatted(engines.size(), first.place()));
    random = new Random(seed);
    List<Fault> possible = Fault.of(server, disk);
    List<CrashHarness> harnesses = new ArrayList<>();
    try (ClusterFixture fixture = first.fixture()) {
      Outside outside = new Outside(first, fixture);
      try {
        List<ChildJvm> running = new ArrayList<>();
        for (FilesEngine engine : engines) {
          CrashHarness harness = engine.harness();
          harnesses.add(harness);
          running.add(harness.start());
        }
        int begun = 0;
        for (int round = 1; round <= Chaos.size(4, 250); round++) {
          int goal = begun + 1 + random.nextInt(6);
          running
              .get(random.nextInt(running.size()))
              .awaitUntil(
                  "%d jobs began (seed %d, round %d)".formatted(goal, seed, round),
                  () -> first.app().begun().lines().size() >= goal);
          wait(Duration.ofMillis(50));
          Fault fault = possible.get(random.nextInt(possible.size()));
          faults.merge(fault, 1, Integer::sum);
          int victim = random.nextInt(running.size());
          happen(fault, running.get(victim), server, disk);
          if (!running.get(victim).isAlive()) {
            running.set(victim, harnesses.get(victim).start());
          }
          if (disk != null) {
            // An engine that is started on a full disk has that to see.
            wait(FilesEngine.LEASE);
            disk.clear();
          }
          begun = first.app().begun().lines().size();
          if (server != null) {
            outside.requireEnded(database.jobs("FINISHED"));
          }
        }
        first.finish();
        if (server != null) {
          await().atMost(ClusterFixture.PATIENCE).until(() -> database.unfinished() == 0);
          outside.requireEnded(database.jobs("FINISHED"));
        }
      } finally {
        harnesses.forEach(CrashHarness::close);
      }
      requireOrder(first, fixture.start(), database, outside);
    }
  }

  private void happen(
      Fault fault, ChildJvm engine, @Nullable PostgresServer server, @Nullable FullDisk disk)
      throws Exception {
    switch (fault) {
      case KILL -> engine.kill();
      case STOP -> {
        engine.pause();
        wait(FilesEngine.LEASE.multipliedBy(3));
        engine.resume();
      }
      case CUT_DATABASE -> requireNonNull(server).cut("jobs");
      case STOP_DATABASE -> {
        requireNonNull(server).pause();
        wait(FilesEngine.LEASE.multipliedBy(2));
        server.resume();
      }
      case FILL_DISK -> fill(requireNonNull(disk));
      case KILL_ON_FULL_DISK -> {
        fill(requireNonNull(disk));
        engine.kill();
      }
      case SLOW_SCHEDULER ->
          SlowScheduler.delay(
              directory, FilesEngine.LEASE.multipliedBy(2).multipliedBy(random.nextInt(2)));
    }
  }

  /** Takes all room for a while, and what is given back meanwhile too. */
  private void fill(FullDisk disk) throws IOException {
    long end = System.nanoTime() + random.nextLong(FilesEngine.LEASE.multipliedBy(3).toNanos());
    do {
      disk.fill();
      wait(Duration.ofMillis(100));
    } while (System.nanoTime() - end < 0);
  }

  /** Lets some time pass, at most this. */
  private void wait(Duration longest) {
    long end = System.nanoTime() + random.nextLong(longest.toNanos());
    for (long left = 1; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void requireOrder(
      FilesEngine engine, ClusterFixture fixture, TestDatabase database, Outside outside)
      throws IOException {
    await()
        .atMost(ClusterFixture.PATIENCE)
        .until(
            () -> {
              for (Job paused :
                  fixture.client().list(JobQuery.all().withStatus(JobStatus.PAUSED))) {
                fixture.client().resume(paused.id());
              }
              return database.unfinished() == 0;
            });
    List<String> ids = database.jobs();
    assertThat(ids).containsAll(engine.promised().lines());
    HistoryChecker.checkAllEnded(fixture.client(), ids);
    List<Job> jobs = ids.stream().map(fixture.client()::get).toList();
    assertThat(jobs)
        .allSatisfy(
            job ->
                assertThat(job.status())
                    .as(job.lastStatusMessage())
                    .isIn(JobStatus.FINISHED, JobStatus.STOPPED));
    List<String> finished =
        jobs.stream().filter(job -> job.status() == JobStatus.FINISHED).map(Job::id).toList();
    engine.app().begun().requireEachOnce(finished);
    engine.app().ended().requireEachOnce(finished);
    outside.requireOrder(jobs);
    System.out.printf(
        "%s: faults %s, %d jobs, %d of them finished%n",
        engine.place(), faults, jobs.size(), finished.size());
  }
}
