package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testkit.TestSystems;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs that wait for a storage which fails for a while. */
@Timeout(120)
class StorageOutageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SettableClock clock = new SettableClock(JobsExtension.START);
  private final Outages outages = new Outages();
  private RecoveryPolicies policies = RecoveryPolicies.defaults();
  private TestSystems systems;

  /** What fails of a storage. */
  private enum Outage {
    /** All. */
    AWAY,
    /** Writing. */
    FULL,
    /** Reading a file, once it was opened, as connections do. */
    CUT,
    /** The same, as other adapters say it. */
    CUT_AND_SAID
  }

  @BeforeEach
  void define() {
    systems =
        TestSystems.in(directory)
            .app("hello", "cat", List.of(TestSystems.input("text")), List.of());
    for (String id : List.of("one", "two")) {
      try {
        Files.createDirectories(root(id));
        Files.writeString(root(id).resolve("in.txt"), "text");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    scheduler.onSubmit(
        spec -> {
          try {
            Files.writeString(Path.of(spec.attempt().workPath()).resolve("out.txt"), "done");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return RemoteStatus.exited(0, null, null);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "AWAY, one, SYSTEM_NOT_AVAILABLE",
    "CUT, one, TRANSMISSION_FAILURE",
    "CUT_AND_SAID, one, TRANSMISSION_FAILURE",
    "FULL, two, STORAGE_NOT_WRITABLE",
    "AWAY, two, SYSTEM_NOT_AVAILABLE",
    "AWAY, storage, SYSTEM_NOT_AVAILABLE",
    "CUT, storage, SYSTEM_NOT_AVAILABLE",
    "FULL, execution, STORAGE_NOT_WRITABLE",
    "CUT, execution, SYSTEM_NOT_AVAILABLE"
  })
  void aJobWaitsForTheSystemThatFailed(Outage outage, String system, RecoveryCondition condition)
      throws Exception {
    policies = policies.with(condition, RecoveryPolicy.constant(MINUTE, 1, null));
    outages.begin(root(system), outage);
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      // Input from one, application from storage, archive to two.
      String id = submit(client, "two");
      awaitBlocked(client, id);

      for (int attempt = 1; attempt <= 2; attempt++) {
        clock.advance(MINUTE);
        awaitLookedAt(client, id);
      }

      Job failed = client.await(id, PATIENCE);
      assertThat(failed.conditionCode()).isEqualTo(ConditionCode.JOB_RECOVERY_TIMEOUT);
      assertThat(failed.lastStatusMessage())
          .startsWith("The job waited for %s on %s to clear".formatted(condition, system));
    }
  }

  @Test
  void theProbeIsOfTheStorageThatFailedAndHoldsUpNoOthers() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      outages.begin(root("two"), Outage.AWAY);
      String first = submit(client, "two");
      String second = submit(client, "two");
      awaitBlocked(client, first);
      awaitBlocked(client, second);
      outages.begin(root("one"), Outage.AWAY);
      String other = submit(client, "storage");
      awaitBlocked(client, other);

      outages.end(root("one"));
      int probes = scheduler.probes();
      int looks = outages.looksAt(root("two"));
      clock.advance(MINUTE);
      assertFinished(client, other);
      awaitLookedAt(client, first);
      assertThat(client.get(first).blockedCount()).as("not let go on in vain").isEqualTo(1);
      assertThat(client.get(second).blockedCount()).isEqualTo(1);
      assertThat(outages.looksAt(root("two")) - looks).as("one probe for both").isEqualTo(1);
      assertThat(scheduler.probes()).as("of what did not fail").isEqualTo(probes);

      outages.end(root("two"));
      clock.advance(MINUTE);
      assertFinished(client, first);
      assertFinished(client, second);
    }
  }

  @Test
  void whereAStorageWasFullTheSchedulerIsNotAsked() throws Exception {
    policies =
        policies.with(
            RecoveryCondition.STORAGE_NOT_WRITABLE, RecoveryPolicy.constant(MINUTE, 0, null));
    outages.begin(root("execution"), Outage.FULL);
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      String id = submit(client, "two");
      awaitBlocked(client, id);
      int probes = scheduler.probes();

      outages.end(root("execution"));
      clock.advance(MINUTE);
      assertFinished(client, id);
      assertThat(scheduler.probes()).isEqualTo(probes);
    }
  }

  @Test
  void manyJobsGoOnSoonOnceThereIsRoomAgain() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      outages.begin(root("two"), Outage.FULL);
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        ids.add(submit(client, "two"));
      }
      ids.forEach(id -> awaitBlocked(client, id));

      // Still full: one shows that.
      clock.advance(Duration.ofSeconds(10));
      await().until(() -> ids.stream().mapToInt(id -> client.get(id).blockedCount()).sum() == 13);
      ids.forEach(id -> awaitBlocked(client, id));

      outages.end(root("two"));
      clock.advance(Duration.ofSeconds(20));
      // The clock stands still: one shows that there is room, and the others follow.
      for (String id : ids) {
        assertFinished(client, id);
      }
      assertThat(ids.stream().mapToInt(id -> client.get(id).blockedCount()).sum()).isEqualTo(13);
      HistoryChecker.checkAllEnded(client, ids);
    }
  }

  private Path root(String system) {
    return directory.resolve(system);
  }

  private static void assertFinished(JobsClient client, String id) throws Exception {
    Job job = client.await(id, PATIENCE);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
  }

  private static void awaitBlocked(JobsClient client, String id) {
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.BLOCKED::equals);
  }

  /** Awaits the next look to be planned, or the end. */
  private void awaitLookedAt(JobsClient client, String id) {
    await()
        .until(
            () -> {
              Job job = client.get(id);
              return job.status().isTerminal()
                  || clock.instant().plus(MINUTE).equals(job.nextAttempt());
            });
  }

  private static String submit(JobsClient client, String archiveSystem) {
    return client
        .submit(
            JobRequest.builder("hello", "hello-1.0")
                .input("text", "agave://one/in.txt")
                .archive(true)
                .archiveSystem(archiveSystem)
                .build())
        .id();
  }

  private JobsEngine start() {
    JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(new MoreStorages(systems.catalog()))
            .clock(clock)
            .recovery(policies)
            .adapter(scheduler)
            .adapter(outages)
            .adapter(new NoCommands())
            .start();
    clock.onMove(engine::wake);
    return engine;
  }

  /** With the storage systems one and two. */
  private final class MoreStorages implements Catalog {
    private final Catalog catalog;

    MoreStorages(Catalog catalog) {
      this.catalog = catalog;
    }

    @Override
    public Optional<App> app(String tenantId, String appId) {
      return catalog.app(tenantId, appId);
    }

    @Override
    public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
      return catalog.executionSystem(tenantId, systemId);
    }

    @Override
    public Optional<StorageSystem> storageSystem(String tenantId, String systemId) {
      return Set.of("one", "two").contains(systemId)
          ? Optional.of(
              new StorageSystem(
                  systemId,
                  null,
                  true,
                  false,
                  new StorageAccess("LOCAL", null, 0, root(systemId).toString(), "/")))
          : catalog.storageSystem(tenantId, systemId);
    }

    @Override
    public Optional<StorageSystem> defaultStorageSystem(String tenantId) {
      return catalog.defaultStorageSystem(tenantId);
    }
  }

  /** Local files that fail as a test says. */
  private static final class Outages implements FileStorageProvider {
    private final Map<Path, Outage> outages = new ConcurrentHashMap<>();
    private final Map<Path, AtomicInteger> looks = new ConcurrentHashMap<>();

    void begin(Path root, Outage outage) {
      outages.put(root, outage);
    }

    void end(Path root) {
      outages.remove(root);
    }

    /** How often it was looked what is there. */
    int looksAt(Path root) {
      return looks.computeIfAbsent(root, none -> new AtomicInteger()).get();
    }

    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      Path root = Path.of(access.rootDir());
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              Outages.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> {
                String name = method.getName();
                if (name.equals("stat")) {
                  looks.computeIfAbsent(root, none -> new AtomicInteger()).incrementAndGet();
                }
                Outage outage = outages.get(root);
                if (outage == Outage.AWAY && !name.equals("hostPath") && !name.equals("close")) {
                  throw failure(RecoveryCondition.SYSTEM_NOT_AVAILABLE);
                }
                if (outage == Outage.FULL && name.equals("write")) {
                  throw failure(RecoveryCondition.STORAGE_NOT_WRITABLE);
                }
                Object result;
                try {
                  result = method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
                boolean cut = outage == Outage.CUT || outage == Outage.CUT_AND_SAID;
                return cut && result instanceof InputStream stream
                    ? new CutOff(stream, outage)
                    : result;
              });
    }

    private static TransientAdapterException failure(RecoveryCondition condition) {
      return new TransientAdapterException(condition, "It does not work.", null);
    }

    private static final class CutOff extends FilterInputStream {
      private final Outage outage;

      CutOff(InputStream stream, Outage outage) {
        super(stream);
        this.outage = outage;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (outage == Outage.CUT_AND_SAID) {
          throw failure(RecoveryCondition.TRANSMISSION_FAILURE);
        }
        throw new IOException("Connection reset");
      }
    }
  }
}
