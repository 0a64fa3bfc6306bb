package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseReconciliationTest {
  private final Store store = new Store(Database.inMemory(), Clock.systemUTC());
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Lease> working = new HashSet<>();
  private final Set<Lease> watched = new HashSet<>();
  private final LeaseReturns returns =
      new LeaseReturns(store.leases(), store.clock(), lock, time -> {}, () -> {});
  private final LeaseReconciliation reconciliation =
      new LeaseReconciliation(store.leases(), lock, () -> working, () -> watched, returns);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aJobThatNoWorkerHasIsGivenBackWhenItIsSeenTwice() {
    Lease lease = claimed();
    assertThat(reconciliation.run()).isFalse();
    assertThat(returns.isEmpty()).as("its worker may just be about to begin").isTrue();
    assertThat(reconciliation.run()).isFalse();
    assertThat(returns.isEmpty()).isFalse();
    returns.giveBack();
    assertThat(returns.isEmpty()).isTrue();
    assertThat(claim()).singleElement().extracting(Lease::uuid).isEqualTo(lease.uuid());
  }

  @Test
  void aJobThatAWorkerHasIsLeftToIt() {
    Lease lease = claimed();
    working.add(lease);
    assertThat(reconciliation.run()).isFalse();
    assertThat(reconciliation.run()).isFalse();
    working.clear();
    assertThat(reconciliation.run()).as("from here on it counts").isFalse();
    assertThat(returns.isEmpty()).isTrue();
  }

  @Test
  void aJobThatNobodyWatchesIsTakenUpWithAnotherLease() {
    Lease lease = watchedBySomebody();
    assertThat(reconciliation.run()).isFalse();
    assertThat(store.leases().adopt(10)).isEmpty();
    assertThat(reconciliation.run()).isTrue();
    assertThat(store.leases().adopt(10))
        .singleElement()
        .extracting(LeasedJob::lease)
        .satisfies(
            next -> {
              assertThat(next.uuid()).isEqualTo(lease.uuid());
              assertThat(next.fence()).isGreaterThan(lease.fence());
            });
  }

  @Test
  void aJobThatIsWatchedStaysSo() {
    watched.add(watchedBySomebody());
    assertThat(reconciliation.run()).isFalse();
    assertThat(reconciliation.run()).isFalse();
    assertThat(store.leases().adopt(10)).isEmpty();
  }

  private Lease claimed() {
    String unused = Samples.accepted(store, UUID.randomUUID().toString(), "system");
    return claim().get(0);
  }

  private Lease watchedBySomebody() {
    Lease lease = Samples.running(store, JobChange::dueAsBefore);
    Applied unused =
        Store.result(store.changes().changeLater(lease, head -> JobChange.NONE.watched(null)));
    return lease;
  }

  private List<Lease> claim() {
    return store.leases().claim("", 10).stream().map(LeasedJob::lease).toList();
  }
}
