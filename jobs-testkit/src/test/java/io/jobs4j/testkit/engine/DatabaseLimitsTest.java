package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import io.jobs4j.testsupport.PostgresExtension;
import io.jobs4j.testsupport.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a PostgreSQL database does that stands still, locks rows or cuts connections. */
@Timeout(180)
class DatabaseLimitsTest {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final Duration WAIT = Duration.ofSeconds(1);

  /** Beyond what is promised, so that a slow machine passes, and far below for ever. */
  private static final Duration BOUND = Duration.ofSeconds(30);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private TestSystems systems;

  @BeforeEach
  void define() {
    systems = TestSystems.in(directory).app("hello", "echo hello");
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
  }

  @Test
  void eachCallEndsWhenTheDatabaseStandsStill() throws Exception {
    try (PostgresServer server = PostgresServer.start(directory.resolve("postgres"))) {
      server.createDatabase("jobs");
      server.createDatabase("others");
      JobsEngine engine =
          builder().database(server.url("jobs"), "postgres", "").databaseWait(WAIT).start();
      try {
        JobsClient client = engine.client(ALICE);
        String id = client.submit(hello()).id();
        await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
        server.pause();
        requireRefused(
            Map.of(
                "submit", () -> client.submit(hello()),
                "get", () -> client.get(id),
                "list", () -> client.list(JobQuery.all()),
                "count", () -> client.count(JobQuery.all()),
                "history", () -> client.history(id),
                "await", () -> awaitEnd(client, id),
                "cancel", () -> client.cancel(id),
                "start", () -> start(builder().database(server.url("others"), "postgres", "")),
                "start on a source",
                    () -> start(builder().dataSource(server.dataSource("others")))));
        server.resume();
        await()
            .atMost(BOUND)
            .ignoreException(StoreException.class)
            .until(() -> cancels(client, id));
        assertThat(client.await(id, BOUND).status()).isEqualTo(JobStatus.STOPPED);
        assertThat(client.submit(hello()).id()).isNotEmpty();
        server.pause();
        inTime(engine::close).get(BOUND.toSeconds(), TimeUnit.SECONDS);
      } finally {
        server.resume();
        engine.close();
      }
    }
  }

  @Test
  void aChangeThatWaitsForALockWaitsAlone() throws Exception {
    DataSource database = POSTGRES.newDatabase();
    try (JobsEngine engine =
        builder().dataSource(database).databaseWait(Duration.ofSeconds(3)).start()) {
      JobsClient client = engine.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
      try (Connection foreign = database.getConnection();
          Statement statement = foreign.createStatement()) {
        foreign.setAutoCommit(false);
        statement.execute("SELECT id FROM jobs4j_job WHERE uuid = '" + id + "' FOR UPDATE");
        CompletableFuture<Void> cancel = inTime(() -> client.cancel(id));
        int accepted = 0;
        while (!cancel.isDone()) {
          client.submit(hello());
          accepted++;
        }
        assertThat(accepted).isGreaterThan(3);
        assertThatThrownBy(cancel::join)
            .cause()
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("another transaction holds a lock");
        foreign.rollback();
      }
      client.cancel(id);
      assertThat(client.await(id, BOUND).status()).isEqualTo(JobStatus.STOPPED);
    }
  }

  @Test
  void anEngineWhoseConnectionsWereCutHandsItsJobsBack() throws Exception {
    DataSource database = POSTGRES.newDatabase();
    JobsEngine leaving = builder().dataSource(database).lease(HOUR).start();
    try (JobsEngine staying = builder().dataSource(database).lease(HOUR).workers(0).start()) {
      JobsClient client = staying.client(ALICE);
      String id = client.submit(hello()).id();
      await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
      assertThat(count(database, "SELECT COUNT(*) FROM jobs4j_engine")).isEqualTo(2);
      count(
          database,
          "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity"
              + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      leaving.close();
      assertThat(count(database, "SELECT COUNT(*) FROM jobs4j_engine")).isEqualTo(1);
      assertThat(count(database, "SELECT COUNT(*) FROM jobs4j_job_queue WHERE engine IS NOT NULL"))
          .isZero();
    } finally {
      leaving.close();
    }
  }

  private static int count(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static boolean cancels(JobsClient client, String id) {
    client.cancel(id);
    return true;
  }

  private static void awaitEnd(JobsClient client, String id) {
    try {
      client.await(id, HOUR);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void start(JobsEngineBuilder builder) {
    builder.databaseWait(WAIT).start().close();
  }

  /** All at once, each on a thread of its own that is left behind if it does not return. */
  private static void requireRefused(Map<String, Runnable> calls) throws Exception {
    Map<String, CompletableFuture<Void>> running = new LinkedHashMap<>();
    calls.forEach((name, call) -> running.put(name, inTime(call)));
    for (Map.Entry<String, CompletableFuture<Void>> one : running.entrySet()) {
      assertThatThrownBy(() -> one.getValue().get(BOUND.toSeconds(), TimeUnit.SECONDS))
          .as(one.getKey())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(StoreException.class);
    }
  }

  private static CompletableFuture<Void> inTime(Runnable call) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                call.run();
                done.complete(null);
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  private JobsEngineBuilder builder() {
    return JobsEngine.builder()
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  private static JobRequest hello() {
    return JobRequest.builder("hello", "hello-1.0").build();
  }
}
