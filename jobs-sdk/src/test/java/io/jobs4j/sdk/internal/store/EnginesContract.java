package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.IllegalTransitionException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.ManualSource;
import io.jobs4j.sdk.internal.sql.Migrator;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Script;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several engines on one database, whatever database it is. */
@Timeout(120)
abstract class EnginesContract {
  private static final Duration LEASE = Duration.ofMinutes(10);

  @TempDir Path directory;
  DataSource source;
  private final AtomicInteger losses = new AtomicInteger();
  private final List<Store> stores = new ArrayList<>();

  abstract DataSource newDatabase(Path directory);

  @BeforeEach
  void open() {
    source = newDatabase(directory);
  }

  @AfterEach
  void close() {
    stores.forEach(Store::close);
  }

  Store engine(String node) {
    Store store =
        new Store(
            Database.of(source, Durability.POWER),
            new StoreSettings(node, LEASE, Duration.ofSeconds(30)),
            Stored.CLOCK,
            losses::incrementAndGet,
            StoreObserver.NONE);
    stores.add(store);
    return store;
  }

  @Test
  void whatADeadEngineWasLookingAtIsLookedAtByTheNext() {
    Store dead = engine("node");
    Store other = engine("other");
    String job = insert(dead);
    Blockage blockage =
        new Blockage(
            "acme",
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "system",
            RecoveryPolicy.constant(LEASE, 0, null));
    dead.changes()
        .change(
            job, head -> JobChange.to(JobStatus.PENDING, "").then(JobStatus.PROCESSING_INPUTS, ""));
    dead.changes().change(job, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage));
    assertThat(dead.recoveries().hastenAll()).isEqualTo(1);
    assertThat(dead.recoveries().takeDue(LEASE, 10)).hasSize(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();
    Store next = engine("node");
    assertThat(next.recoveries().takeDue(LEASE, 10)).hasSize(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();
  }

  @Test
  void enginesTryTogetherWhetherJobsGetAnyFurther() {
    Store one = engine("");
    Store other = engine("");
    Blockage blockage =
        new Blockage(
            "acme",
            RecoveryCondition.STORAGE_NOT_WRITABLE,
            "storage",
            RecoveryPolicy.constant(Duration.ofHours(1), 0, null));
    for (int i = 0; i < 5; i++) {
      String job = insert(one);
      one.changes()
          .change(
              job,
              head -> JobChange.to(JobStatus.PENDING, "").then(JobStatus.PROCESSING_INPUTS, ""));
      one.changes().change(job, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage));
    }
    assertThat(one.recoveries().hastenAll()).isEqualTo(1);
    Recovery recovery = one.recoveries().takeDue(LEASE, 10).get(0);
    assertThat(one.recoveries().releaseTrials(recovery, Duration.ofHours(1))).isEqualTo(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();

    LeasedJob trial = other.leases().claim("", 10).get(0);
    for (JobStatus next :
        List.of(JobStatus.PROCESSING_INPUTS, JobStatus.STAGING_INPUTS, JobStatus.STAGED)) {
      Applied applied =
          Store.result(
              other
                  .changes()
                  .changeLater(trial.lease(), head -> JobChange.to(next, "").dueAsBefore()));
      assertThat(applied.passes()).as("%s", next).isEqualTo(next == JobStatus.STAGING_INPUTS);
    }
    recovery = one.recoveries().takeDue(LEASE, 10).get(0);
    assertThat(recovery.passed()).isTrue();
    assertThat(one.recoveries().releaseTrials(recovery, Duration.ofHours(1))).isEqualTo(2);
  }

  @Test
  void eachJobIsGivenToOneEngine() throws Exception {
    List<Store> engines = List.of(engine(""), engine(""), engine(""));
    Set<String> inserted = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      inserted.add(insert(engines.get(i % 3)));
    }
    List<String> taken = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Callable<List<String>>> takers = new ArrayList<>();
      for (Store engine : engines) {
        takers.add(
            () -> {
              List<String> mine = new ArrayList<>();
              List<LeasedJob> claimed;
              do {
                claimed = engine.leases().claim("", 7);
                claimed.forEach(job -> mine.add(job.lease().uuid()));
              } while (!claimed.isEmpty());
              return mine;
            });
      }
      for (Future<List<String>> mine : pool.invokeAll(takers)) {
        taken.addAll(mine.get());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(taken).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(inserted);
  }

  @Test
  void anEngineThatStoppedWhileItMadeTheTablesKeepsNobodyWaitingForEver() throws Exception {
    Jdbi jdbi = Names.DEFAULT.on(Jdbi.create(source));
    Dialect dialect = jdbi.withHandle(handle -> Dialect.of(handle.getConnection().getMetaData()));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () ->
                dialect.changeSchema(
                    jdbi,
                    handle -> {
                      begun.countDown();
                      awaitUninterruptibly(goOn);
                    }));
    begun.await();
    try {
      Migrator migrator =
          new Migrator(
              jdbi, dialect, Names.DEFAULT, true, Script.of(dialect), Duration.ofMillis(50));
      assertThatThrownBy(migrator::migrate)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("another engine is making them");
      CompletableFuture<Store> waiting = CompletableFuture.supplyAsync(() -> engine(""));
      assertThat(waiting).isNotDone();
      goOn.countDown();
      assertThat(insert(waiting.get())).isNotEmpty();
    } finally {
      goOn.countDown();
      stopped.get();
    }
  }

  static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEngineThatLeavesGivesItsJobsBack() {
    Store leaving = engine("");
    Store other = engine("");
    String working = insert(leaving);
    String watched = insert(leaving);
    Lease first = leaving.leases().claim("", 1).get(0).lease();
    assertThat(first.uuid()).isEqualTo(working);
    watch(leaving, watched);
    assertThat(other.leases().claim("", 10)).isEmpty();
    assertThat(other.leases().adopt(10)).isEmpty();
    leaving.close();
    assertThat(uuids(other.leases().claim("", 10))).containsExactly(working);
    assertThat(uuids(other.leases().adopt(10))).containsExactly(watched);
  }

  @Test
  void anEngineWhoseNameWasTakenTakesItFromNobody() {
    Store first = engine("web-1");
    Store second = engine("web-1");
    for (int i = 0; i < 5; i++) {
      first.cluster().tend();
      second.cluster().tend();
    }
    assertThat(losses).as("the one whose name the other took when it started").hasValue(1);
    assertThat(first.cluster().others()).isEqualTo(1);
    assertThat(second.cluster().others()).isEqualTo(1);
    // Who has it takes it over from itself at the next start, and nothing from the other.
    String kept = insert(first);
    assertThat(uuids(first.leases().claim("", 1))).containsExactly(kept);
    Store third = engine("web-1");
    second.cluster().tend();
    assertThat(losses).hasValue(2);
    assertThat(third.leases().claim("", 1)).isEmpty();
    third.cluster().tend();
    assertThat(third.cluster().others()).isEqualTo(2);
  }

  @Test
  void anEngineThatComesBackKeepsItsNameIfNobodyElseHasIt() {
    Store first = engine("web-1");
    Store other = engine("web-2");
    String mine = insert(first);
    expire();
    other.cluster().tend();
    first.cluster().tend();
    assertThat(losses).hasValue(1);
    assertThat(uuids(first.leases().claim("", 1))).containsExactly(mine);
    // So that an engine that is started in its place has its jobs at once.
    Store next = engine("web-1");
    assertThat(uuids(next.leases().claim("", 1))).containsExactly(mine);
  }

  @Test
  void theJobsOfADeadEngineAreTakenAndItWritesNothingMore() {
    Store paused = engine("");
    Store other = engine("");
    String working = insert(paused);
    String watched = insert(paused);
    Lease workingLease = paused.leases().claim("", 1).get(0).lease();
    Lease watchedLease = watch(paused, watched);
    assertThat(other.cluster().tend()).isZero();
    assertThat(other.cluster().others()).isEqualTo(1);
    expire();
    other.cluster().tend();
    List<LeasedJob> taken = other.leases().claim("", 10);
    List<LeasedJob> adopted = other.leases().adopt(10);
    assertThat(uuids(taken)).containsExactly(working);
    assertThat(uuids(adopted)).containsExactly(watched);
    Object before = tables();
    for (Lease lease : List.of(workingLease, watchedLease)) {
      assertThatThrownBy(
              () ->
                  Store.result(
                      paused
                          .changes()
                          .changeLater(lease, head -> JobChange.to(JobStatus.FAILED, "late"))))
          .isInstanceOf(LeaseLostException.class);
    }
    assertThat(losses).hasValue(1);
    assertThat(Store.result(paused.leases().release(List.of(workingLease)))).isZero();
    assertThat(paused.leases().held()).isEmpty();
    assertThat(tables()).isEqualTo(before);
    // It has come back as another engine and takes part again.
    String later = insert(paused);
    assertThat(uuids(paused.leases().claim("", 10))).containsExactly(later);
    Store.result(
        other
            .changes()
            .changeLater(
                taken.get(0).lease(), head -> JobChange.to(JobStatus.PENDING, "").dueAsBefore()));
  }

  @Test
  void whoLocksTheFirstLeavesTheOthersToOthers() throws Exception {
    Store engine = engine("");
    for (int i = 0; i < 3; i++) {
      insert(engine);
    }
    try (var one = source.getConnection();
        var other = source.getConnection()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      String sql =
          Names.DEFAULT.resolve(
              Dialect.of(one.getMetaData())
                  .lockFirst(
                      "{job_queue}",
                      "job_id",
                      "job_id",
                      "state = 'R'",
                      "state, worker_pool, place, job_id"));
      List<Long> first = locked(one, sql, 1);
      assertThat(first).hasSize(1);
      List<Long> rest = locked(other, sql, 3);
      assertThat(rest).hasSize(2).doesNotContainAnyElementsOf(first).isSorted();
      one.rollback();
      other.rollback();
    }
  }

  private static List<Long> locked(java.sql.Connection connection, String sql, int limit)
      throws java.sql.SQLException {
    List<Long> ids = new ArrayList<>();
    try (var statement = connection.prepareStatement(sql)) {
      statement.setInt(1, limit);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }

  @Test
  void manyClaimsAtOnceTakeNoJobTwice() throws Exception {
    List<Store> engines = List.of(engine(""), engine(""));
    List<CompletableFuture<Lease>> stored = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      stored.add(engines.get(i % 2).jobs().insertLater(Stored.job(), "{}", "", false));
    }
    stored.forEach(Store::result);
    List<String> taken = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Callable<List<String>>> takers = new ArrayList<>();
      for (Store engine : engines) {
        takers.add(
            () -> {
              List<String> mine = new ArrayList<>();
              // What another has just locked may make one claim come back empty.
              for (int empty = 0; empty < 3; ) {
                List<LeasedJob> claimed = engine.leases().claim("", 4);
                empty = claimed.isEmpty() ? empty + 1 : 0;
                claimed.forEach(job -> mine.add(job.lease().uuid()));
              }
              return mine;
            });
      }
      for (Future<List<String>> mine : pool.invokeAll(takers)) {
        taken.addAll(mine.get());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(taken).doesNotHaveDuplicates();
    assertThat(engines.get(0).leases().held().size() + engines.get(1).leases().held().size())
        .isEqualTo(taken.size());
  }

  @Test
  void aLeaseThatWasGivenAwayWritesNothingMore() {
    Store one = engine("");
    Store other = engine("");
    insert(one);
    Lease given = one.leases().claim("", 1).get(0).lease();
    Store.result(one.leases().postpone(given, one.clock().instant().minusSeconds(1)));
    assertThat(other.timers().wakeDue()).isEqualTo(1);
    Lease theirs = other.leases().claim("", 1).get(0).lease();
    assertThat(theirs.jobId()).isEqualTo(given.jobId());
    assertThatThrownBy(
            () ->
                Store.result(
                    one.changes()
                        .changeLater(
                            given, head -> JobChange.to(JobStatus.PENDING, "late").dueAsBefore())))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void whatAnotherEngineAsksOfAJobIsSeenByTheNextChange() {
    Store holder = engine("");
    Store other = engine("");
    insert(holder);
    Lease lease = holder.leases().claim("", 1).get(0).lease();
    Store.result(
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "pending").dueAsBefore()));
    other.requests().cancel(lease.uuid(), "bob");
    List<String> seen = new ArrayList<>();
    Applied change =
        Store.result(
            holder
                .changes()
                .changeLater(
                    lease,
                    head -> {
                      seen.add(String.valueOf(head.cancelRequestedBy()));
                      return JobChange.to(JobStatus.PROCESSING_INPUTS, "inputs").dueAsBefore();
                    }));
    assertThat(seen).last().isEqualTo("bob");
    assertThat(change.before().cancelRequestedBy()).isEqualTo("bob");
    // A change that says nothing of the job meets it as it is, too.
    other.requests().pause(lease.uuid(), "bob");
    Applied rest =
        Store.result(holder.changes().changeLater(lease, head -> JobChange.NONE.dueAt(null)));
    assertThat(rest.before().pauseRequestedBy()).isEqualTo("bob");
    assertThat(holder.jobs().history(lease.jobId(), 0, 10))
        .extracting(HistoryEvent::sequence)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void changesOfAJobThatIsHeldAreStoredInOrderAndRefusedOnesAreNot() {
    Store holder = engine("");
    insert(holder);
    Lease lease = holder.leases().claim("", 1).get(0).lease();
    CompletableFuture<Applied> first =
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "pending").dueAsBefore());
    CompletableFuture<Applied> wrong =
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.ARCHIVING, "no").dueAsBefore());
    CompletableFuture<Applied> second =
        holder
            .changes()
            .changeLater(
                lease, head -> JobChange.to(JobStatus.PROCESSING_INPUTS, "inputs").dueAsBefore());
    CompletableFuture<Applied> late =
        holder
            .changes()
            .changeLater(
                new Lease(lease.jobId(), lease.uuid(), lease.fence() - 1, lease.engine()),
                head -> JobChange.to(JobStatus.FAILED, "late"));
    CompletableFuture<Applied> last =
        holder.changes().changeLater(lease, head -> JobChange.to(JobStatus.FAILED, "failed"));
    assertThat(Store.result(last).after().status()).isEqualTo(JobStatus.FAILED);
    assertThat(Store.result(first).after().version()).isEqualTo(1);
    assertThat(Store.result(second).after().version()).isEqualTo(2);
    assertThatThrownBy(() -> Store.result(wrong)).isInstanceOf(IllegalTransitionException.class);
    assertThatThrownBy(() -> Store.result(late)).isInstanceOf(LeaseLostException.class);
    assertThat(holder.jobs().history(lease.jobId(), 0, 10))
        .extracting(HistoryEvent::description)
        .endsWith("pending", "inputs", "failed");
    assertThat(holder.leases().held()).isEmpty();
    assertThat(holder.jobs().load(lease.uuid()).orElseThrow().version()).isEqualTo(3);
  }

  @Test
  void anEngineTakesUpTheJobsOfAFormerOneOfItsNode() {
    Store former = engine("here");
    String job = insert(former);
    assertThat(uuids(former.leases().claim("", 1))).containsExactly(job);
    Store elsewhere = engine("there");
    assertThat(elsewhere.leases().claim("", 1)).isEmpty();
    Store next = engine("here");
    assertThat(uuids(next.leases().claim("", 1))).containsExactly(job);
  }

  @Test
  void anEngineKnowsOnlyOfItsOwnLeases() {
    Store one = engine("");
    Store other = engine("");
    insert(one);
    insert(one);
    Lease mine = one.leases().claim("", 1).get(0).lease();
    Lease theirs = other.leases().claim("", 1).get(0).lease();
    assertThat(one.leases().held()).containsExactly(mine);
    assertThat(other.leases().held()).containsExactly(theirs);
    assertThat(Store.result(one.leases().release(List.of(theirs)))).isZero();
  }

  @Test
  void connectionsThatDoNotCommitByThemselvesAreUsedAndGivenBackAsTheyWere() throws Exception {
    DataSource real = source;
    ManualSource manual = new ManualSource(real);
    source = manual.source();
    Store store = engine("");
    source = real;
    Store other = engine("");
    String uuid = insert(store);
    assertThat(uuids(other.leases().claim("", 1))).containsExactly(uuid);
    assertThat(store.jobs().load(uuid).orElseThrow().job().status()).isEqualTo(JobStatus.ACCEPTED);
    other.changes().change(uuid, head -> JobChange.to(JobStatus.PENDING, ""));
    assertThat(store.jobs().load(uuid).orElseThrow().job().status()).isEqualTo(JobStatus.PENDING);
    store.close();
    assertThat(manual.open()).isZero();
    assertThat(manual.givenBack()).containsOnly(ManualSource.FOUND);
  }

  void expire() {
    try (var connection = source.getConnection();
        var statement = connection.createStatement()) {
      // As if the engines had been silent for longer than their leases.
      statement.executeUpdate(
          "UPDATE jobs4j_engine SET lease_until = TIMESTAMP WITH TIME ZONE '2001-01-01"
              + " 00:00:00+00'");
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  private Object tables() {
    Database database = Database.of(source, Durability.POWER);
    try (database) {
      return Stored.tables(database);
    }
  }

  /** Takes a job to the state in which its scheduler has it. */
  private static Lease watch(Store store, String uuid) {
    Lease lease = store.leases().claim("", 1).get(0).lease();
    assertThat(lease.uuid()).isEqualTo(uuid);
    Store.result(
        store
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "").watched(null)));
    return lease;
  }

  static String insert(Store store) {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    return job.id();
  }

  static List<String> uuids(List<LeasedJob> jobs) {
    return jobs.stream().map(job -> job.lease().uuid()).toList();
  }
}
