package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that schedulers have and nobody watches: paused ones, and those that cannot be seen. */
@Timeout(60)
class UnwatchedJobsTest {
  private static final Blockage UNSEEN =
      new Blockage(
          "acme",
          RecoveryCondition.JOB_NOT_VISIBLE,
          "system",
          RecoveryPolicies.defaults().of(RecoveryCondition.JOB_NOT_VISIBLE));

  private final Scripted scheduler = new Scripted();
  private final Store store = new Store(Database.inMemory(), Clock.systemUTC());
  private final Adapters adapters =
      new Adapters(List.of(new Unmounted()), List.of(), List.of(scheduler), (system, job) -> {});
  private final AtomicInteger ready = new AtomicInteger();

  @AfterEach
  void close() {
    adapters.close();
    store.close();
  }

  @Test
  void pausedJobsThatAreNotHeldBecomeReadyWithOneQueryForAll() throws Exception {
    List<String> paused = List.of(paused(), paused(), paused());
    scheduler.said.put(paused.get(0), RemoteStatus.running(null).withHeld(true));
    scheduler.said.put(paused.get(1), RemoteStatus.running(null).withHeld(false));
    scheduler.said.put(paused.get(2), RemoteStatus.running(null));

    look(10);

    assertThat(scheduler.asked).containsExactly(paused);
    assertThat(ready.get()).isEqualTo(1);
    assertThat(claimed()).containsExactly(paused.get(1));
    scheduler.asked.clear();
    look(10);
    assertThat(scheduler.asked).as("a worker has the other").hasSize(1);
    assertThat(scheduler.asked.get(0)).containsExactly(paused.get(0), paused.get(2));
  }

  @Test
  void allPausedJobsAreLookedAtHoweverMany() throws Exception {
    List<String> paused = List.of(paused(), paused(), paused());
    paused.forEach(uuid -> scheduler.said.put(uuid, RemoteStatus.queued("").withHeld(false)));

    look(2);

    assertThat(scheduler.asked).containsExactly(paused.subList(0, 2), paused.subList(2, 3));
    assertThat(claimed()).containsExactlyElementsOf(paused);
  }

  @Test
  void whatCannotBeAskedChangesNothingForPausedJobs() throws Exception {
    String paused = paused();
    scheduler.failure =
        new TransientAdapterException(
            RecoveryCondition.SCHEDULER_NOT_ANSWERING, "Nobody is there.", null);
    look(10);
    new PausedJobs(new OneSystem("UNMOUNTED"), adapters, store.paused(), ready::incrementAndGet)
        .look();
    assertThat(ready.get()).isZero();
    assertThat(claimed()).isEmpty();

    scheduler.failure = null;
    scheduler.said.put(paused, RemoteStatus.running(null).withHeld(false));
    look(10);
    assertThat(claimed()).containsExactly(paused);
  }

  @Test
  void allJobsThatCannotBeSeenAreLookedForHoweverMany() throws Exception {
    List<String> unseen = List.of(unseen(), unseen(), unseen());
    unseen.forEach(uuid -> scheduler.said.put(uuid, RemoteStatus.unseen("elsewhere")));
    scheduler.said.put(unseen.get(2), RemoteStatus.running(null));

    assertThat(
            new Probes(new OneSystem("LOCAL"), adapters, store.recoveries(), 2).visible(recovery()))
        .containsExactly(unseen.get(2));
  }

  @Test
  void whileTheStorageIsAwayNoJobCanBeSeen() throws Exception {
    String unseen = unseen();
    scheduler.said.put(unseen, RemoteStatus.running(null));

    Recovery recovery = recovery();

    assertThat(
            new Probes(new OneSystem("UNMOUNTED"), adapters, store.recoveries()).visible(recovery))
        .isEmpty();
    assertThat(new Probes(new OneSystem("LOCAL"), adapters, store.recoveries()).visible(recovery))
        .containsExactly(unseen);
  }

  @Test
  void aJobThatCannotBeSeenIsNeverGivenUpByDefault() {
    assertThat(UNSEEN.policy().maxElapsed()).isNull();
    assertThat(UNSEEN.policy().waitBefore(1_000_000)).isEqualTo(Duration.ofMinutes(5));
  }

  private void look(int atOnce) {
    new PausedJobs(new OneSystem("LOCAL"), adapters, store.paused(), ready::incrementAndGet, atOnce)
        .look();
  }

  private List<String> claimed() {
    return store.leases().claim("", 10).stream().map(LeasedJob::lease).map(Lease::uuid).toList();
  }

  private Recovery recovery() {
    int unused = store.recoveries().hasten(RecoveryCondition.JOB_NOT_VISIBLE, "system");
    return store.recoveries().takeDue(Duration.ofHours(1), 10).get(0);
  }

  private String paused() {
    Lease lease = running();
    assertThat(store.requests().pause(lease.uuid(), "alice").status()).isEqualTo(JobStatus.RUNNING);
    Applied unused =
        Store.result(
            store
                .changes()
                .changeLater(lease, head -> JobChange.to(JobStatus.PAUSED, "").dueAt(null)));
    return lease.uuid();
  }

  private String unseen() {
    Lease lease = running();
    Applied unused =
        Store.result(
            store
                .changes()
                .changeLater(lease, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(UNSEEN)));
    return lease.uuid();
  }

  private Lease running() {
    return Samples.running(store, change -> change.workPath("work").remoteJobId("1").dueAsBefore());
  }

  private record OneSystem(String protocol) implements Catalog {
    @Override
    public Optional<App> app(String tenantId, String appId) {
      return Optional.empty();
    }

    @Override
    public Optional<ExecutionSystem> executionSystem(String tenantId, String systemId) {
      return Optional.of(Samples.system(systemId, StatusOnlyScheduler.NAME, protocol));
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

  /** Storages that cannot be opened. */
  private static final class Unmounted implements FileStorageProvider {
    @Override
    public Set<String> protocols() {
      return Set.of("UNMOUNTED");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE, "It is not mounted.", null);
    }
  }

  /** Says of jobs what it is told. */
  private static final class Scripted extends StatusOnlyScheduler {
    /** By the UUID of the job. */
    final Map<String, RemoteStatus> said = new HashMap<>();

    /** The UUIDs of the jobs of each query. */
    final List<List<String>> asked = new ArrayList<>();

    @Nullable TransientAdapterException failure;

    @Override
    public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs) {
      if (failure != null) {
        throw failure;
      }
      Map<RemoteJob, RemoteStatus> statuses = new HashMap<>();
      List<String> uuids = new ArrayList<>();
      for (RemoteJob job : jobs) {
        String uuid = job.attempt().key().replaceFirst("-1$", "");
        uuids.add(uuid);
        statuses.put(job, said.get(uuid));
      }
      asked.add(uuids);
      return statuses;
    }
  }
}
