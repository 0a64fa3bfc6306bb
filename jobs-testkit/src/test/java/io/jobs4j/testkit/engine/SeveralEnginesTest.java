package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two engines on one database, of which the first does nothing: its only worker is kept by a job
 * until the end of the test. What happens, the other does.
 */
@Timeout(180)
class SeveralEnginesTest {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  /** Shorter than the 30 seconds after which an engine looks without being told. */
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final Duration MINUTES = Duration.ofMinutes(10);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final CountDownLatch busy = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SlowStorage storage = new SlowStorage();
  private DataSource source;
  private TestSystems systems;
  private JobsEngine first;
  private JobsEngine second;

  @BeforeEach
  void define() {
    systems =
        TestSystems.in(directory)
            .app("hello", "echo hello")
            .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of());
  }

  @AfterEach
  void close() {
    over.countDown();
    if (second != null) {
      second.close();
    }
    if (first != null) {
      first.close();
    }
  }

  @Test
  void aJobThatOneEngineHasNoWorkerForIsDoneByTheOther() throws Exception {
    start(POSTGRES.newDatabase(), MINUTES, Durability.POWER);
    // The first might be found by the look around that the other engine begins with.
    for (int i = 0; i < 3; i++) {
      String id = client().submit(hello()).id();
      assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.FINISHED);
      assertThat(scheduler.launches(id)).isEqualTo(1);
    }
  }

  @Test
  void withoutNotificationsTheyLookEachSecond() throws Exception {
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000");
    start(memory, Duration.ofSeconds(3), Durability.NONE);
    String id = client().submit(hello()).id();
    assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.FINISHED);
    String slow = stageSlowly();
    awaitStatus(slow, JobStatus.STAGING_INPUTS);
    client().cancel(slow);
    assertThat(client().await(slow, SOON).status()).isEqualTo(JobStatus.STOPPED);
  }

  @Test
  void aTransferThatAnotherEngineMakesEndsWhenItsJobIsCancelled() throws Exception {
    start(POSTGRES.newDatabase(), MINUTES, Durability.POWER);
    String id = stageSlowly();
    awaitStatus(id, JobStatus.STAGING_INPUTS);
    client().cancel(id);
    assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.STOPPED);
    HistoryChecker.checkEnded(client().history(id));
  }

  @Test
  void aJobThatAnotherEngineWatchesIsCancelledAndPausedByIt() throws Exception {
    start(POSTGRES.newDatabase(), MINUTES, Durability.POWER);
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String id = client().submit(hello()).id();
    awaitStatus(id, JobStatus.RUNNING);
    client().pause(id);
    awaitStatus(id, JobStatus.PAUSED);
    client().resume(id);
    awaitStatus(id, JobStatus.RUNNING);
    client().cancel(id);
    assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.STOPPED);
    assertThat(scheduler.wasCancelled(id)).isTrue();
  }

  @Test
  void whoWaitsHearsOfAnEndThatAnotherEngineSaw() throws Exception {
    start(POSTGRES.newDatabase(), MINUTES, Durability.POWER);
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String id = client().submit(hello()).id();
    List<String> told = new CopyOnWriteArrayList<>();
    FutureTask<Job> waiting =
        new FutureTask<>(
            () -> client().follow(id, MINUTES, event -> told.add(event.status().name())));
    new Thread(waiting).start();
    await().atMost(SOON).until(() -> told.contains("RUNNING"));
    scheduler.move(id, RemoteStatus.exited(0, null, null));
    assertThat(waiting.get(SOON.toSeconds(), TimeUnit.SECONDS).status())
        .isEqualTo(JobStatus.FINISHED);
  }

  @Test
  void whatALeavingEngineWatchedTheOtherWatches() throws Exception {
    start(POSTGRES.newDatabase(), MINUTES, Durability.POWER);
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String id = client().submit(hello()).id();
    awaitStatus(id, JobStatus.RUNNING);
    await().atMost(SOON).until(() -> watchedJobs() == 1);
    second.close();
    assertThat(query("SELECT CAST(COUNT(*) AS INTEGER) FROM jobs4j_engine")).containsExactly(1);
    await().atMost(SOON).until(() -> watchedJobs() == 1);
  }

  @Test
  void aListenerWhoseConnectionIsTerminatedListensAgain() throws Exception {
    listenAgain(POSTGRES.newDatabase());
  }

  @Test
  void aConnectionGoesBackToItsPoolWithoutListening() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(POSTGRES.newDatabaseUrl());
    config.setUsername("postgres");
    config.setMaximumPoolSize(8);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      listenAgain(pool);
      over.countDown();
      second.close();
      first.close();
      assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
      List<Connection> all = new ArrayList<>();
      try {
        for (int i = 0; i < config.getMaximumPoolSize(); i++) {
          Connection connection = pool.getConnection();
          all.add(connection);
          try (Statement statement = connection.createStatement();
              ResultSet rows = statement.executeQuery("SELECT pg_listening_channels()")) {
            assertThat(rows.next()).isFalse();
          }
        }
      } finally {
        for (Connection connection : all) {
          connection.close();
        }
      }
    }
  }

  private void listenAgain(DataSource database) throws Exception {
    start(database, MINUTES, Durability.POWER);
    await().atMost(SOON).until(() -> listeners().size() == 2);
    Set<Integer> before = listeners();
    for (int backend : before) {
      query("SELECT CAST(pg_terminate_backend(" + backend + ") AS INTEGER)");
    }
    await()
        .atMost(SOON)
        .until(() -> listeners().size() == 2 && listeners().stream().noneMatch(before::contains));
    String id = client().submit(hello()).id();
    assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.FINISHED);
  }

  @Test
  void anIdleEngineAsksNothingButGivesSignsOfLife() throws Exception {
    source = POSTGRES.newDatabase();
    FaultyDataSource counting = FaultyDataSource.of(source);
    Duration lease = Duration.ofSeconds(3);
    first = engine(counting, new ScriptedScheduler(), lease, Durability.POWER);
    await().atMost(SOON).until(() -> listeners().size() == 1);
    long pulses = pulses() + 1;
    await().atMost(SOON).until(() -> pulses() >= pulses);
    long before = counting.statements();
    await().atMost(SOON).until(() -> pulses() >= pulses + 4);
    long statements = counting.statements() - before;
    // One sign may have been under way at the beginning, and one be at the end.
    long signs = pulses() - pulses + 2;
    assertThat(statements).isLessThanOrEqualTo(4 * signs);
  }

  @Test
  void anEngineWithoutWorkersLeavesTheWorkToOthers() throws Exception {
    source = POSTGRES.newDatabase();
    ScriptedScheduler unused = new ScriptedScheduler();
    first = engine(source, unused, MINUTES, Durability.POWER, 0);
    String before = client().submit(hello()).id();
    assertThat(query("SELECT CAST(COUNT(*) AS INTEGER) FROM jobs4j_job_queue WHERE state = 'R'"))
        .containsExactly(1);
    second = engine(source, scheduler, MINUTES, Durability.POWER, 1);
    assertThat(client().await(before, SOON).status()).isEqualTo(JobStatus.FINISHED);
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    String id = client().submit(hello()).id();
    awaitStatus(id, JobStatus.RUNNING);
    client().cancel(id);
    assertThat(client().await(id, SOON).status()).isEqualTo(JobStatus.STOPPED);
    assertThat(scheduler.launches(before) + scheduler.launches(id)).isEqualTo(2);
    assertThat(unused.launches(before) + unused.launches(id)).isZero();
  }

  /** Starts both engines and keeps the worker of the first. */
  private void start(DataSource database, Duration lease, Durability durability) throws Exception {
    source = database;
    ScriptedScheduler stuck =
        new ScriptedScheduler()
            .onSubmit(
                spec -> {
                  busy.countDown();
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return RemoteStatus.running(null);
                });
    first = engine(database, stuck, lease, durability);
    client().submit(hello());
    busy.await();
    second = engine(database, scheduler, lease, durability);
  }

  private JobsEngine engine(
      DataSource database, ScriptedScheduler its, Duration lease, Durability durability) {
    return engine(database, its, lease, durability, 1);
  }

  private JobsEngine engine(
      DataSource database,
      ScriptedScheduler its,
      Duration lease,
      Durability durability,
      int workers) {
    return JobsEngine.builder()
        .dataSource(database)
        .durability(durability)
        .lease(lease)
        .workers(workers)
        .catalog(systems.catalog())
        .adapter(its)
        .adapter(storage)
        .adapter(new NoCommands())
        .start();
  }

  /** A job whose input the second engine reads for ever. */
  private String stageSlowly() throws Exception {
    Files.writeString(systems.storage().resolve("slow.txt"), "slow");
    String id =
        client()
            .submit(JobRequest.builder("count", "count-1.0").input("text", "slow.txt").build())
            .id();
    storage.reading.await();
    return id;
  }

  private JobsClient client() {
    return first.client(ALICE);
  }

  private void awaitStatus(String id, JobStatus status) {
    await().atMost(SOON).until(() -> LifecycleTest.visibleStatus(client(), id) == status);
  }

  /** The backends of connections whose last question was one that only listeners ask. */
  private Set<Integer> listeners() throws SQLException {
    return query(
        """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'
          AND (query LIKE 'SELECT COUNT(*) FROM jobs4j_engine%' OR query LIKE '%AS told')""");
  }

  private int watchedJobs() throws SQLException {
    return query(
            """
            SELECT COUNT(*) FROM jobs4j_job_queue q JOIN jobs4j_engine e ON e.id = q.engine
            WHERE q.state = 'W'""")
        .iterator()
        .next();
  }

  private long pulses() throws SQLException {
    return query("SELECT last_commit FROM jobs4j_engine").iterator().next();
  }

  private Set<Integer> query(String sql) throws SQLException {
    Set<Integer> all = new TreeSet<>();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getInt(1));
      }
    }
    return all;
  }

  private static JobRequest hello() {
    return JobRequest.builder("hello", "hello-1.0").build();
  }

  /** Local files, of which one never ends. */
  private static final class SlowStorage implements FileStorageProvider {
    final CountDownLatch reading = new CountDownLatch(1);

    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              SlowStorage.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("read")
                    && ((StoragePath) arguments[0]).toString().endsWith("slow.txt")) {
                  reading.countDown();
                  return new Endless();
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private static final class Endless extends InputStream {
    private final Semaphore never = new Semaphore(0);

    @Override
    public int read() throws IOException {
      try {
        boolean unused = never.tryAcquire(5, TimeUnit.MILLISECONDS);
        return 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      bytes[offset] = (byte) read();
      return 1;
    }
  }
}
