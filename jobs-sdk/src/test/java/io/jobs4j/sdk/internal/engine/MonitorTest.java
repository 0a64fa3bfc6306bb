package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.catalog.DefinitionCatalog;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Catalog;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Requests;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a scheduler tells of a job reaches whoever has the job, however the job changes hands
 * meanwhile. A word that is lost shows only when all jobs are polled, which takes a minute.
 */
@Timeout(50)
class MonitorTest {
  private static final ExecutionSystem SYSTEM =
      Samples.system("system", StatusOnlyScheduler.NAME, "LOCAL");

  private final Scripted scheduler = new Scripted();
  private final Store store = new Store(Database.inMemory(), Clock.systemUTC());
  private final Adapters adapters =
      new Adapters(List.of(), List.of(), List.of(scheduler), (system, job) -> {});
  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final Catalog catalog = DefinitionCatalog.of(List.of(), List.of(), List.of());
  private final Recoverer recoverer =
      new Recoverer(
          store,
          new Probes(catalog, adapters, store.recoveries()),
          new Quotas(catalog),
          RecoveryPolicies.defaults(),
          pool,
          () -> {});
  private final Monitor monitor =
      new Monitor(
          store,
          adapters,
          pool,
          () -> {},
          job -> {},
          EngineMetrics.NONE,
          new Supervision(store, recoverer, EngineMetrics.NONE),
          () -> {});

  @BeforeEach
  void start() {
    monitor.start();
  }

  @AfterEach
  void close() {
    scheduler.goOn.countDown();
    monitor.close();
    adapters.close();
    store.close();
  }

  @Test
  void anEndIsStored() {
    Running job = running();
    watch(job.lease, job);
    scheduler.end(job.remote);
    monitor.heardOf(job.remote);
    awaitEnd(job);
  }

  @Test
  void anEndThatIsHeardBeforeTheJobIsWatchedIsStored() {
    Running job = running();
    scheduler.end(job.remote);
    monitor.heardOf(job.remote);
    watch(job.lease, job);
    awaitEnd(job);
  }

  @Test
  void anEndThatIsHeardUnderAnOutdatedLeaseIsStoredUnderTheNext() {
    Running job = running();
    watch(job.lease, job);
    Lease next = leasedAnew(job);
    scheduler.end(job.remote);
    monitor.heardOf(job.remote);
    await().until(() -> monitor.watched() == 0);
    watch(next, job);
    awaitEnd(job);
  }

  @Test
  void anEndThatIsLookedAtUnderAnOutdatedLeaseIsStoredUnderTheNext() throws Exception {
    Running job = running();
    watch(job.lease, job);
    Lease next = leasedAnew(job);
    scheduler.end(job.remote);
    scheduler.goOn = new CountDownLatch(1);
    monitor.heardOf(job.remote);
    scheduler.asked.await();
    watch(next, job);
    scheduler.goOn.countDown();
    awaitEnd(job);
  }

  @Test
  void anEndThatIsHeardWhileSomethingElseIsLookedAtUnderAnOutdatedLeaseIsStored() throws Exception {
    Running job = running();
    watch(job.lease, job);
    Lease next = leasedAnew(job);
    scheduler.statuses.put(job.remote, RemoteStatus.queued("requeued"));
    scheduler.goOn = new CountDownLatch(1);
    monitor.heardOf(job.remote);
    scheduler.asked.await();
    // The answer under way is that of before.
    scheduler.end(job.remote);
    monitor.heardOf(job.remote);
    scheduler.goOn.countDown();
    await().until(() -> monitor.watched() == 0);
    watch(next, job);
    awaitEnd(job);
  }

  @Test
  void anEndIsStoredThoughTheSystemIsDefinedAnewMeanwhile() {
    Running job = running();
    Running other = running();
    monitor.watch(
        Samples.system("renamed", StatusOnlyScheduler.NAME, "LOCAL"),
        job.lease,
        job.remote,
        RemoteStatus.running(null),
        false,
        true);
    watch(other.lease, other);
    scheduler.end(job.remote);
    monitor.heardOf(job.remote);
    awaitEnd(job);
    assertThat(status(other)).isEqualTo(JobStatus.RUNNING);
  }

  private void watch(Lease lease, Running job) {
    Applied unused =
        Store.result(store.changes().changeLater(lease, head -> JobChange.NONE.watched(null)));
    monitor.watch(SYSTEM, lease, job.remote, RemoteStatus.running(null), false, true);
  }

  private void awaitEnd(Running job) {
    // Less than until all jobs are polled.
    await().atMost(Duration.ofSeconds(30)).until(() -> status(job) == JobStatus.FINISHED);
  }

  private JobStatus status(Running job) {
    return store.jobs().load(job.lease.uuid()).orElseThrow().job().status();
  }

  /** As when somebody asks for something: a worker has the job, and its watch counts no more. */
  private Lease leasedAnew(Running job) {
    Requests.Requested unused = store.requests().pause(job.lease.uuid(), "alice");
    return store.leases().claim("", 1).get(0).lease();
  }

  private record Running(Lease lease, RemoteJob remote) {}

  private Running running() {
    Lease lease = Samples.running(store, JobChange::dueAsBefore);
    RemoteJob remote = new RemoteJob("1", new Attempt(lease.uuid() + "-1", "/work"));
    scheduler.statuses.put(remote, RemoteStatus.running(null));
    return new Running(lease, remote);
  }

  /** Says of jobs what it is told, and never tells that they have changed. */
  private static final class Scripted extends StatusOnlyScheduler {
    final Map<RemoteJob, RemoteStatus> statuses = new ConcurrentHashMap<>();

    /** Whether it was asked since it was told to wait with its answers. */
    final CountDownLatch asked = new CountDownLatch(1);

    /** Answers wait for this. */
    volatile CountDownLatch goOn = new CountDownLatch(0);

    void end(RemoteJob job) {
      statuses.put(job, RemoteStatus.exited(0, null, null));
    }

    @Override
    public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
        throws InterruptedException {
      Map<RemoteJob, RemoteStatus> answer = new HashMap<>(statuses);
      answer.keySet().retainAll(jobs);
      asked.countDown();
      goOn.await();
      return answer;
    }

    @Override
    public boolean tellsOf(RemoteJob job) {
      return true;
    }
  }
}
