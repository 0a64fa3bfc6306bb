package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.Job;
import io.jobs4j.testkit.ChildJvm;
import io.jobs4j.testkit.CrashHarness;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import io.jobs4j.testsupport.SlurmCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Engines that are killed while Slurm has jobs that wait, run, are held, suspended, on their way
 * out, and over without anybody having looked. Of the tests that share servers this alone has jobs
 * in the partition that is down, and lets them start in the end.
 */
@RequiresServices(
    value = {Service.SLURM, Service.SLURM_ACCOUNTING, Service.SSHD},
    shared = true)
class SlurmCrashIT {
  private static final long LONGEST_DELAY_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** What Slurm has at least one job in at a kill, in turn. */
  private static final List<String> KINDS =
      List.of("RUNNING", "COMPLETED", "PENDING", "PENDING held", "SUSPENDED");

  @TempDir Path directory;

  private SlurmCluster cluster;
  private SlurmCommands shared;
  private SlurmChild engine;
  private Random random;

  /** How often a Slurm job was seen in a state at the time of a kill. */
  private final Map<String, Integer> seen = new TreeMap<>();

  /** Jobs that an administrator cancelled. */
  private final Set<String> cancelled = new HashSet<>();

  @AfterEach
  void close() throws Exception {
    cluster.restore();
    shared.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL", "OVER_SSH_WITH_ACCOUNTING"})
  void nothingIsLostOrRunTwice(ClusterReach reach) throws Exception {
    cluster = reach.cluster();
    shared = SlurmCommands.create();
    engine = new SlurmChild(directory, shared.directory(), reach);
    random = new Random(Chaos.seed("SlurmCrashIT, " + reach));
    int kills = Chaos.size(KINDS.size(), 50);
    try (CrashHarness harness = engine.harness()) {
      for (int round = 0; round < kills; round++) {
        killOnce(harness, KINDS.get(round % KINDS.size()));
      }
    }
    assertThat(seen.keySet()).containsAll(KINDS);
    cluster.scontrol("update", "PartitionName=down", "State=UP");
    for (Row row : rows()) {
      undo(row);
    }
    engine.releaseAll();
    requireAllRunOnce();
    System.out.printf(
        "%s: %d kills, %d jobs promised, %d run, %d cancelled, states at kills %s%n",
        reach,
        kills,
        engine.promised().size(),
        engine.ledger().lines().size(),
        cancelled.size(),
        seen);
  }

  /** Kills an engine some time after Slurm has a job of a kind. */
  private void killOnce(CrashHarness harness, String kind) throws Exception {
    int goal = engine.promised().size() + 4 + random.nextInt(8);
    engine.limit(goal);
    long delay = random.nextLong(LONGEST_DELAY_NANOS);
    boolean allFirst = random.nextBoolean();
    try (ChildJvm child = harness.start()) {
      child.awaitUntil(
          "it was promised " + goal + " jobs", () -> promised() >= (allFirst ? goal : goal - 3));
      administer();
      await("Slurm has a job that is " + kind)
          .atMost(ClusterFixture.PATIENCE)
          .until(
              () -> {
                assertThat(child.isAlive()).as(child.lastOutput()).isTrue();
                return hasOrGets(kind);
              });
      long begin = System.nanoTime();
      child.awaitUntil("some time has passed", () -> System.nanoTime() - begin >= delay);
      rows().forEach(row -> seen.merge(row.kind(), 1, Integer::sum));
      child.kill();
    }
    // These end while no engine is there to see it.
    for (Row row : some(rows(), row -> row.state().equals("RUNNING"))) {
      engine.release(row.job());
    }
  }

  /** Whether there is a job of a kind; otherwise administrators do what makes one. */
  private boolean hasOrGets(String kind) throws IOException {
    List<Row> rows = rows();
    if (rows.stream().anyMatch(row -> row.kind().equals(kind))) {
      return true;
    }
    switch (kind) {
      case "PENDING" -> some(rows, Row::isHeld).forEach(this::undo);
      case "PENDING held" ->
          some(rows, row -> row.kind().equals("PENDING")).forEach(row -> change("hold", row));
      case "SUSPENDED" -> some(rows, this::isPatient).forEach(row -> change("suspend", row));
      default -> {
        // Jobs come to it by themselves.
      }
    }
    return false;
  }

  private boolean isPatient(Row row) {
    try {
      return row.state().equals("RUNNING") && "patient".equals(engine.promised().get(row.job()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int promised() {
    try {
      return engine.promised().size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does to some jobs what administrators do. */
  private void administer() throws IOException {
    Map<String, String> apps = engine.promised();
    List<String> ran = engine.ledger().lines();
    List<Row> rows = rows();
    for (Row row : some(rows, row -> row.state().equals("SUSPENDED") || row.isHeld())) {
      undo(row);
    }
    for (Row row : some(rows, row -> row.kind().equals("PENDING"))) {
      change("hold", row);
    }
    some(rows, this::isPatient).forEach(row -> change("suspend", row));
    rows.stream()
        .filter(
            row ->
                row.state().equals("RUNNING")
                    && "stubborn".equals(apps.get(row.job()))
                    && ran.contains(row.job()))
        .limit(1)
        .forEach(
            row -> {
              // It takes Slurm some seconds to end it.
              cancelled.add(row.job());
              cluster.scancel(row.id());
            });
  }

  private void undo(Row row) {
    if (row.state().equals("SUSPENDED")) {
      change("resume", row);
    } else if (row.isHeld()) {
      change("release", row);
    }
  }

  /** Does something to a job, which may have gone on meanwhile and not have it done any more. */
  private void change(String verb, Row row) {
    try {
      cluster.scontrol(verb, row.id());
    } catch (IllegalStateException e) {
      assertThat(rows()).as(e.getMessage()).doesNotContain(row);
    }
  }

  /** Some of the rows, at least one if there are any. */
  private List<Row> some(List<Row> rows, Predicate<Row> right) {
    List<Row> fit = new ArrayList<>(rows.stream().filter(right).toList());
    Collections.shuffle(fit, random);
    return fit.subList(0, (fit.size() + 2) / 3);
  }

  private void requireAllRunOnce() throws Exception {
    TestDatabase database = TestDatabase.h2(directory);
    try (ClusterFixture fixture = engine.fixture().start()) {
      await().atMost(ClusterFixture.PATIENCE).until(() -> database.unfinished() == 0);
      Set<String> jobs = new HashSet<>(database.jobs());
      assertThat(jobs).containsAll(engine.promised().keySet());
      HistoryChecker.checkAllEnded(fixture.client(), jobs);
      for (String id : jobs) {
        Job job = fixture.client().get(id);
        if (cancelled.contains(id)) {
          assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FAILED);
          assertThat(job.conditionCode()).isEqualTo(ConditionCode.SCHEDULER_CANCELLED);
        } else {
          assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
        }
      }
      engine.ledger().requireEachOnce(jobs);
      assertThat(jobs).containsAll(engine.ledger().lines());
      assertThat(rows()).extracting(Row::job).doesNotHaveDuplicates();
      // Accounting has the end of a job some time before its node is free of it (COMPLETING).
      await()
          .atMost(ClusterFixture.PATIENCE)
          .untilAsserted(
              () -> assertThat(rows()).extracting(Row::state).isSubsetOf("COMPLETED", "CANCELLED"));
    }
  }

  /** Slurm's jobs of the jobs that were promised, also those that are over. */
  private List<Row> rows() {
    try {
      Set<String> jobs = engine.promised().keySet();
      return cluster
          .run("squeue", "-h", "-t", "all", "-o", "%i|%T|%j|%r")
          .lines()
          .map(Row::of)
          .filter(row -> jobs.contains(row.job()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Row(String id, String state, String job, String reason) {
    static Row of(String line) {
      String[] words = line.split("\\|", 4);
      return new Row(words[0], words[1], words[2].replaceAll("^jobs-|-[0-9]+$", ""), words[3]);
    }

    /** Jobs that were held as they started keep the reason. */
    boolean isHeld() {
      return state.equals("PENDING") && reason.startsWith("JobHeld");
    }

    String kind() {
      return isHeld() ? state + " held" : state;
    }
  }
}
