package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.request.ValidationOptions;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.WorkDirectoryPolicy;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.transfer.Transfers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Jobs here need a system that is not defined, each its own, so that a worker asks the catalog for
 * it and the job is blocked.
 */
@Timeout(120)
class DispatcherTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2030-01-02T03:04:05Z"));
  private final InstantSource moved = now::get;
  private final EmptyCatalog catalog = new EmptyCatalog();
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final Adapters adapters =
      new Adapters(List.of(), List.of(), List.of(), (system, job) -> {});
  private JobWorker worker;
  private Clock clock = moved.withZone(ZoneOffset.UTC);
  private Store store = new Store(Database.inMemory(), clock);

  @AfterEach
  void close() {
    adapters.close();
    pool.shutdownNow();
    store.close();
  }

  @Test
  void workersTakeAllDueJobsAtOnceAndEachJobOnce() {
    int workers = 4;
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      uuids.add(insert());
    }
    catalog.together = new CountDownLatch(workers);
    try (Dispatcher dispatcher = dispatcher(workers)) {
      dispatcher.start();
      uuids.forEach(this::awaitBlocked);
    }
    assertThat(catalog.asked)
        .hasSize(60)
        .allSatisfy(
            (system, times) -> assertThat(times).as("for its limits, and to stage it").hasValue(2));
    assertThat(catalog.most).hasValue(workers);
    assertThat(store.leases().held()).isEmpty();
  }

  @Test
  void aJobThatComesLaterIsTakenWhenTheDispatcherIsWoken() {
    try (Dispatcher dispatcher = dispatcher(2)) {
      dispatcher.start();
      for (int i = 0; i < 20; i++) {
        String uuid = insert();
        dispatcher.wake();
        awaitBlocked(uuid);
      }
    }
  }

  @Test
  void aJobIsNotTakenBeforeItsTime() {
    String later = insert();
    store.changes().change(later, head -> JobChange.NONE.dueAt(now.get().plusSeconds(600)));
    String never = insert();
    store.changes().change(never, head -> JobChange.NONE.dueAt(null));
    String soon = insert();
    try (Dispatcher dispatcher = dispatcher(2)) {
      dispatcher.start();
      awaitBlocked(soon);
      assertThat(status(later)).isEqualTo(JobStatus.ACCEPTED);
      now.set(now.get().plusSeconds(600));
      dispatcher.lookAtAll();
      awaitBlocked(later);
    }
    assertThat(status(never)).isEqualTo(JobStatus.ACCEPTED);
    assertThat(catalog.asked).hasSize(2);
  }

  @Test
  void aTimerIsSetToTheEarliestDueTime() {
    store.close();
    clock = Clock.systemUTC();
    store = new Store(Database.inMemory(), clock);
    String first = insert();
    String second = insert();
    store
        .changes()
        .change(second, head -> JobChange.NONE.dueAt(store.clock().instant().plusMillis(700)));
    store
        .changes()
        .change(first, head -> JobChange.NONE.dueAt(store.clock().instant().plusMillis(200)));
    try (Dispatcher dispatcher = dispatcher(2)) {
      dispatcher.start();
      awaitBlocked(first);
      awaitBlocked(second);
    }
  }

  @Test
  void aBusyWorkerDoesNotKeepOthersFromWork() {
    CountDownLatch release = new CountDownLatch(1);
    String slow = insert();
    catalog.holds.put(slow, release);
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(insert());
    }
    try (Dispatcher dispatcher = dispatcher(2)) {
      dispatcher.start();
      others.forEach(this::awaitBlocked);
      assertThat(status(slow)).isEqualTo(JobStatus.ACCEPTED);
      release.countDown();
      awaitBlocked(slow);
    }
  }

  @Test
  void closingWaitsForWorkersAndLeavesTheRestDue() throws Exception {
    String first = insert();
    String second = insert();
    catalog.holds.put(first, new CountDownLatch(1));
    Dispatcher dispatcher = dispatcher(1);
    dispatcher.start();
    await().until(() -> catalog.asked.containsKey(first));
    dispatcher.close();
    assertThat(catalog.interrupted).hasValue(1);
    assertThat(catalog.active).hasValue(0);
    dispatcher.wake();
    dispatcher.close();
    assertThat(status(second)).isEqualTo(JobStatus.ACCEPTED);
    store.close();
  }

  @Test
  void aJobThatNobodyWatchesIsWatchedAgainAndNoOther() {
    Lease forgotten = watchedInDatabase();
    Lease watched = watchedInDatabase();
    catalog.hands.addAll(List.of(forgotten.uuid(), watched.uuid()));
    try (Dispatcher dispatcher = dispatcher(1, Duration.ofMillis(100))) {
      worker.watch(new LeasedJob(watched, store.jobs().load(watched.uuid()).orElseThrow()));
      dispatcher.start();
      await().until(() -> worker.watched().size() == 2);
      assertThat(worker.watched())
          .contains(watched)
          .contains(
              new Lease(
                  forgotten.jobId(), forgotten.uuid(), forgotten.fence() + 2, forgotten.engine()));
      assertThat(store.leases().watched()).containsExactlyInAnyOrderElementsOf(worker.watched());
      // Whoever comes late with what was given up counts for nothing.
      worker.watch(new LeasedJob(forgotten, store.jobs().load(forgotten.uuid()).orElseThrow()));
      assertThat(store.leases().watched()).containsExactlyInAnyOrderElementsOf(worker.watched());
    }
  }

  /** The second is of a change for which no worker waits. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {"jobs4j_job, status <> 'BLOCKED'", "jobs4j_job_event, event <> 'PENDING'"})
  void whatTheDatabaseRefusesIsTriedMoreAndMoreRarely(String table, String condition)
      throws Exception {
    store.close();
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = new Store(Database.of(memory, Durability.NONE), clock);
    execute(memory, "ALTER TABLE %s ADD CONSTRAINT refused CHECK (%s)".formatted(table, condition));
    String uuid = insert();
    try (Dispatcher dispatcher = dispatcher(1)) {
      dispatcher.start();
      for (int rest = 2; rest <= 8; rest *= 2) {
        Instant next = now.get().plusSeconds(rest);
        await().untilAsserted(() -> assertThat(store.timers().next()).contains(next));
        now.set(next);
        dispatcher.lookAtAll();
      }
      Instant last = now.get().plusSeconds(16);
      await().untilAsserted(() -> assertThat(store.timers().next()).contains(last));
      execute(memory, "ALTER TABLE %s DROP CONSTRAINT refused".formatted(table));
      now.set(last);
      dispatcher.lookAtAll();
      awaitBlocked(uuid);
    }
  }

  private static void execute(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A job that a scheduler has and that this engine is to watch, but does not. */
  private Lease watchedInDatabase() {
    String unused = insert();
    return Samples.run(store, change -> change.watched(null));
  }

  private Dispatcher dispatcher(int workers) {
    return dispatcher(workers, Duration.ofSeconds(30));
  }

  private Dispatcher dispatcher(int workers, Duration safetyInterval) {
    Recoverer recoverer =
        new Recoverer(
            store,
            new Probes(catalog, adapters, store.recoveries()),
            new Quotas(catalog),
            RecoveryPolicies.defaults(),
            pool,
            () -> {});
    Monitor monitor =
        new Monitor(
            store,
            adapters,
            pool,
            () -> {},
            job -> {},
            EngineMetrics.NONE,
            new Supervision(store, recoverer, EngineMetrics.NONE),
            () -> {});
    EngineSettings settings =
        new EngineSettings(
            catalog,
            List.of(),
            clock,
            ValidationOptions.defaults(),
            WorkDirectoryPolicy.DELETE_AFTER_ARCHIVE,
            ArchiveComparison.LENGTHS,
            workers,
            StoreSettings.DEFAULT,
            RecoveryPolicies.defaults(),
            null,
            caller -> false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            EngineMetrics.NONE);
    AtomicReference<Dispatcher> dispatcher = new AtomicReference<>();
    worker =
        new JobWorker(
            store,
            monitor,
            adapters,
            new Transfers(pool, 1, clock),
            settings,
            recoverer,
            new Quotas(catalog),
            time -> dispatcher.get().wakeAt(time),
            EngineMetrics.NONE);
    dispatcher.set(
        new Dispatcher(
            store,
            worker,
            workers,
            count -> (ThreadPoolExecutor) Executors.newFixedThreadPool(count),
            safetyInterval));
    return dispatcher.get();
  }

  private String insert() {
    String uuid = UUID.randomUUID().toString();
    return Samples.accepted(store, uuid, uuid);
  }

  private JobStatus status(String uuid) {
    return store.jobs().load(uuid).orElseThrow().job().status();
  }

  private void awaitBlocked(String uuid) {
    // Shorter than the interval at which the dispatcher looks without being told.
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(() -> status(uuid) == JobStatus.BLOCKED);
  }

  /** Knows nothing, and notes who asked. */
  private static final class EmptyCatalog implements Catalog {
    /** Systems that are defined after all, with a scheduler of which nothing is heard. */
    final Set<String> hands = ConcurrentHashMap.newKeySet();

    final ConcurrentHashMap<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    final ConcurrentHashMap<String, CountDownLatch> holds = new ConcurrentHashMap<>();
    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger interrupted = new AtomicInteger();

    /** The first who ask wait until as many do. */
    volatile CountDownLatch together = new CountDownLatch(0);

    @Override
    public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
      int now = active.incrementAndGet();
      most.accumulateAndGet(now, Math::max);
      asked.computeIfAbsent(systemId, key -> new AtomicInteger()).incrementAndGet();
      try {
        together.countDown();
        together.await();
        CountDownLatch hold = holds.get(systemId);
        if (hold != null) {
          hold.await();
        }
      } catch (InterruptedException e) {
        interrupted.incrementAndGet();
        Thread.currentThread().interrupt();
      } finally {
        active.decrementAndGet();
      }
      return hands.contains(systemId)
          ? Optional.of(Samples.system(systemId, "SILENT", "LOCAL"))
          : Optional.empty();
    }

    @Override
    public Optional<App> app(String tenantId, String appId) {
      return Optional.empty();
    }

    @Override
    public Optional<StorageSystem> storageSystem(String tenantId, String systemId) {
      return Optional.empty();
    }

    @Override
    public Optional<StorageSystem> defaultStorageSystem(String tenantId) {
      return Optional.empty();
    }
  }
}
