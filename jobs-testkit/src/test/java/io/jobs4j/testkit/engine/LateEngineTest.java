package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An engine that puts the files of a job in place again and loses the job meanwhile. */
@Timeout(120)
class LateEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final JdbcDataSource database = new JdbcDataSource();
  private final ScriptedScheduler scheduler = new ScriptedScheduler();

  @Test
  void whoHasLostAJobDoesNotLaunchIt() throws Exception {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello");
    String id = submitting(systems);
    scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
    List<Long> launches = new CopyOnWriteArrayList<>();
    FileStorageProvider stealing =
        new WatchedStorage(
            () -> {
              launches.add(scheduler.launches(id));
              if (launches.size() == 1) {
                takeAway();
              }
            });
    // With one worker, which is done with the job before it takes it again.
    try (JobsEngine engine = builder(systems).adapter(stealing).workers(1).start()) {
      JobsClient client = engine.client(ALICE);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                engine.wake();
                return client.status(id) == JobStatus.FINISHED;
              });
      HistoryChecker.checkEnded(client.history(id));
    }
    assertThat(launches).containsExactly(0L, 0L);
    assertThat(scheduler.launches(id)).isEqualTo(1);
  }

  @Test
  void aPauseThatWasAskedForBeforeTheLaunchIsMadeAfterIt() throws Exception {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    TestSystems systems = TestSystems.in(directory).app("hello", "echo hello");
    String id = submitting(systems);
    try (JobsEngine engine = builder(systems).workers(0).start()) {
      engine.client(ALICE).pause(id);
    }
    scheduler.onSubmit(spec -> RemoteStatus.running(null));
    try (JobsEngine engine = builder(systems).start()) {
      JobsClient client = engine.client(ALICE);
      await().atMost(PATIENCE).until(() -> client.status(id) == JobStatus.PAUSED);
      assertThat(scheduler.isHeld(id)).isTrue();
      client.resume(id);
      await().atMost(PATIENCE).until(() -> client.status(id) == JobStatus.RUNNING);
      assertThat(scheduler.launches(id)).isEqualTo(1);
    }
  }

  /** A job whose engine has ended within its submission. */
  private String submitting(TestSystems systems) throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    scheduler.onSubmit(
        spec -> {
          reached.countDown();
          try {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
          } catch (InterruptedException e) {
            throw new IllegalStateException("the adapter was closed", e);
          }
        });
    try (JobsEngine engine = builder(systems).start()) {
      String id =
          engine
              .client(ALICE)
              .submit(JobRequest.builder("hello", "hello-1.0").archive(true).build())
              .id();
      reached.await();
      return id;
    }
  }

  /** Another engine has had the job and has given it back. */
  private void takeAway() {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "UPDATE jobs4j_job_queue SET state = 'R', engine = NULL, fence = fence + 1 WHERE state = 'L'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private JobsEngineBuilder builder(TestSystems systems) {
    return JobsEngine.builder()
        .dataSource(database)
        .durability(Durability.NONE)
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  /**
   * Local files.
   *
   * @param onLastFile is run when the last file of a job has been written, or was there already
   */
  private record WatchedStorage(Runnable onLastFile) implements FileStorageProvider {
    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              WatchedStorage.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> {
                boolean last =
                    method.getName().equals("write")
                        && ((StoragePath) arguments[0]).name().endsWith(".ipcexe");
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                } finally {
                  if (last) {
                    onLastFile.run();
                  }
                }
              });
    }
  }
}
