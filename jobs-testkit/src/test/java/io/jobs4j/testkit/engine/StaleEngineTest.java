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
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.Publication;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.FaultyDataSource;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine that stands still exactly between the check of its lease and what it does then, loses
 * the job meanwhile, and goes on.
 */
@Timeout(120)
class StaleEngineTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LEASE = Duration.ofSeconds(1);
  private static final Caller ALICE = Caller.of("acme", "alice");

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final AtomicReference<LaunchSpec> launched = new AtomicReference<>();
  private @Nullable FaultyDataSource database;
  private @Nullable JobsEngine stale;
  private @Nullable JobsEngine owner;

  @AfterEach
  void close() {
    if (owner != null) {
      owner.close();
    }
    if (database != null) {
      // Without it the engine would wait for its database until it gives up closing.
      database.comeBack();
    }
    if (stale != null) {
      stale.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"inputs.json", "in.txt", "assets.json", "data.txt", "wrapper.sh", ".ipcexe"})
  void whatItPublishesWhileTheJobRunsChangesNothing(String file) throws Exception {
    Gate gate = new Gate("write", file);
    String id = lose(gate);
    await().atMost(PATIENCE).until(() -> status(id) == JobStatus.RUNNING);

    gate.openAndAwaitEnd();

    assertThat(tree(work())).containsEntry("data.txt", "changed by the job");
    Files.writeString(work().resolve("end.txt"), "end");
    assertFinishedWithOutput(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inputs.json", "in.txt", "data.txt", ".ipcexe"})
  void whatItPublishesAfterTheEndIsNowhere(String file) throws Exception {
    Gate gate = new Gate("write", file);
    String id = lose(gate);
    await().atMost(PATIENCE).until(() -> status(id) == JobStatus.RUNNING);
    Files.writeString(work().resolve("end.txt"), "end");
    assertFinishedWithOutput(id);

    gate.openAndAwaitEnd();

    assertThat(work()).doesNotExist();
  }

  @Test
  void aDirectoryThatItMakesAfterTheEndIsRemovedAgain() throws Exception {
    Gate gate = new Gate("makeDirectories", ".jobs4j");
    String id = lose(gate);
    await().atMost(PATIENCE).until(() -> status(id) == JobStatus.RUNNING);
    Files.writeString(work().resolve("end.txt"), "end");
    assertFinishedWithOutput(id);

    gate.openAndAwaitEnd();

    await().atMost(PATIENCE).until(() -> !Files.exists(work()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"makePrivate", "scan"})
  void aWorkDirectoryThatItRemovesFromUnderTheOwnerIsMadeAgain(String call) throws Exception {
    scheduler.onSubmit(spec -> run(spec, RemoteStatus.exited(0, null, null)));
    Gate late = new Gate("makeDirectories", ".jobs4j");
    Gate owners = new Gate(call, "-hello");

    String id = loseRunning(late, owners);
    owners.reached.await();
    late.openAndAwaitEnd();
    await().atMost(PATIENCE).until(() -> !Files.exists(Path.of(late.place).getParent()));
    owners.openAndAwaitEnd();

    await().atMost(PATIENCE).until(() -> ended(id));
    assertThat(status(id)).isEqualTo(JobStatus.FINISHED);
    assertThat(tree(archive(id))).containsExactlyEntriesOf(Map.of("out.txt", "out"));
  }

  @Test
  void anArchiveThatItRemovesFromUnderTheOwnerIsMadeAgain() throws Exception {
    scheduler.onSubmit(spec -> run(spec, RemoteStatus.exited(0, null, null)));
    Gate late = new Gate("makeDirectories", "results");
    Gate owners = new Gate("scan", "-hello");

    String id = loseRunning(late, owners, "results");
    owners.reached.await();
    late.openAndAwaitEnd();
    await().atMost(PATIENCE).until(() -> !Files.exists(Path.of(late.place)));
    owners.openAndAwaitEnd();

    await().atMost(PATIENCE).until(() -> ended(id));
    assertThat(status(id)).isEqualTo(JobStatus.FINISHED);
    assertThat(tree(Path.of(late.place))).containsExactlyEntriesOf(Map.of("out.txt", "out"));
  }

  @Test
  void whatItArchivesAfterTheEndReplacesNothing() throws Exception {
    Gate gate = new Gate("write", "out.txt");
    scheduler.onSubmit(spec -> run(spec, RemoteStatus.exited(0, null, null)));
    String id = loseRunning(gate);
    await().atMost(PATIENCE).until(() -> status(id) == JobStatus.FINISHED);
    Files.writeString(archive(id).resolve("out.txt"), "changed by the user");
    Map<String, String> before = tree(archive(id));

    gate.openAndAwaitEnd();

    assertThat(tree(archive(id))).isEqualTo(before);
    assertThat(before).containsOnlyKeys("out.txt");
    assertThat(work()).doesNotExist();
  }

  private void assertFinishedWithOutput(String id) throws IOException {
    scheduler.move(id, RemoteStatus.exited(0, null, null));
    await().atMost(PATIENCE).until(() -> status(id) == JobStatus.FINISHED);
    assertThat(tree(archive(id)))
        .containsExactlyInAnyOrderEntriesOf(Map.of("out.txt", "out", "end.txt", "end"));
    assertThat(work()).doesNotExist();
  }

  /** A job that an engine stands still in and another has taken. */
  private String lose(Gate gate) throws Exception {
    scheduler.onSubmit(spec -> run(spec, RemoteStatus.running(null)));
    return loseRunning(gate);
  }

  private String loseRunning(Gate gate) throws Exception {
    return loseRunning(gate, new LocalStorageProvider());
  }

  private String loseRunning(Gate gate, FileStorageProvider owners) throws Exception {
    return loseRunning(gate, owners, null);
  }

  private String loseRunning(Gate gate, FileStorageProvider owners, @Nullable String archivePath)
      throws Exception {
    TestSystems systems =
        TestSystems.in(directory)
            .app("hello", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    Files.writeString(systems.storage().resolve("in.txt"), "input");
    Files.writeString(systems.storage().resolve("apps/hello/data.txt"), "data");
    JdbcDataSource memory = new JdbcDataSource();
    memory.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    FaultyDataSource faulty = FaultyDataSource.of(memory);
    database = faulty;
    JobsEngine first = builder(systems).dataSource(faulty).adapter(gate).start();
    stale = first;
    JobRequest.Builder request =
        JobRequest.builder("hello", "hello-1.0").input("text", "in.txt").archive(true);
    if (archivePath != null) {
      request.archivePath(archivePath);
    }
    String id = first.client(ALICE).submit(request.build()).id();
    gate.reached.await();
    faulty.goDown();
    owner = builder(systems).dataSource(memory).adapter(owners).start();
    return id;
  }

  private JobsEngineBuilder builder(TestSystems systems) {
    return JobsEngine.builder()
        .durability(Durability.NONE)
        .lease(LEASE)
        .catalog(systems.catalog())
        .adapter(scheduler)
        .adapter(new NoCommands());
  }

  /** What the job does: it changes a file that was staged, and makes one. */
  private RemoteStatus run(LaunchSpec spec, RemoteStatus then) {
    launched.set(spec);
    try {
      Files.writeString(work().resolve("data.txt"), "changed by the job");
      Files.writeString(work().resolve("out.txt"), "out");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return then;
  }

  private Path work() {
    return Path.of(launched.get().attempt().workPath());
  }

  private Path archive(String id) {
    return directory.resolve("storage/alice/archive/jobs/job-" + id);
  }

  private boolean ended(String id) {
    JobStatus status = status(id);
    return status != null && status.isTerminal();
  }

  private @Nullable JobStatus status(String id) {
    JobsClient client = owner.client(ALICE);
    return LifecycleTest.visibleStatus(client, id);
  }

  /** All files with their content; not the engine's own. */
  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        found.put(root.relativize(path).toString(), Files.readString(path));
      }
    }
    return found;
  }

  /** Local files; the first call of a kind for a file stands still before it shows anything. */
  private static final class Gate implements FileStorageProvider {
    final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String call;
    private final String end;
    volatile String place = "";

    Gate(String call, String end) {
      this.call = call;
      this.end = end;
    }

    void openAndAwaitEnd() throws InterruptedException {
      open.countDown();
      ended.await();
    }

    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              Gate.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> call(real, method, arguments));
    }

    private @Nullable Object call(FileStorage real, Method method, Object[] arguments)
        throws Throwable {
      boolean stops =
          method.getName().equals(call)
              && ((StoragePath) arguments[0]).name().endsWith(end)
              && reached.getCount() > 0;
      if (stops) {
        place = real.hostPath((StoragePath) arguments[0]);
      }
      try {
        if (stops && arguments[arguments.length - 1] instanceof Publication given) {
          arguments[arguments.length - 1] = stopping(given);
        } else if (stops) {
          stop();
        }
        return method.invoke(real, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      } finally {
        if (stops) {
          ended.countDown();
        }
      }
    }

    private Publication stopping(Publication given) {
      return new Publication(
          given.tag(),
          given.within(),
          given.replace(),
          () -> {
            given.beforePublish().run();
            stop();
          });
    }

    private void stop() {
      reached.countDown();
      boolean interrupted = false;
      while (true) {
        try {
          open.await();
          break;
        } catch (InterruptedException e) {
          // A process that stands still hears nothing.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
