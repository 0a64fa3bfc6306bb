package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who gets which job, and that nobody else changes it then. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class LeasesTest extends StoreFixture {
  @Test
  void aLeaseIsHeldUntilItIsGivenBackOrTaken() {
    insert();
    Lease first = store.leases().claim("", 1).get(0).lease();
    store.leases().requireHeld(first);
    Store.result(store.leases().release(List.of(first)));
    assertThatThrownBy(() -> store.leases().requireHeld(first))
        .isInstanceOf(LeaseLostException.class);
    Lease second = store.leases().claim("", 1).get(0).lease();
    store.leases().requireHeld(second);
    assertThatThrownBy(() -> store.leases().requireHeld(first))
        .isInstanceOf(LeaseLostException.class);
    store.changes().change(second.uuid(), head -> JobChange.to(FAILED, ""));
    assertThatThrownBy(() -> store.leases().requireHeld(second))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void ownersTakeTurns() {
    List<String> burst = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      burst.add(insertFor("alice"));
    }
    String bobs = insertFor("bob");
    String carols = insertFor("carol");
    String bobsSecond = insertFor("bob");
    assertThat(ready())
        .containsExactly(
            burst.get(0),
            bobs,
            carols,
            burst.get(1),
            bobsSecond,
            burst.get(2),
            burst.get(3),
            burst.get(4));
  }

  private String insertFor(String owner) {
    Job job = Stored.job().toBuilder().set(Job.Field.OWNER, owner).build();
    store.jobs().insert(job, "{}");
    return job.id();
  }

  @Test
  void workerPoolsAreApart() {
    Job fast = Stored.job();
    Store.result(store.jobs().insertLater(fast, "{}", "fast", false));
    String shared = insert();
    assertThat(claim(10)).containsExactly(shared);
    assertThat(store.leases().claim("fast", 10))
        .extracting(leased -> leased.lease().uuid())
        .containsExactly(fast.id());
  }

  @Test
  void whoHasTheLeaseOfAJobIsTheOnlyOneWhoChangesIt() {
    String uuid = insert();
    LeasedJob first = store.leases().claim("", 1).get(0);
    Applied applied =
        Store.result(
            store
                .changes()
                .changeLater(first.lease(), head -> JobChange.to(PENDING, "1").dueAsBefore()));
    StoredJob after = store.jobs().load(uuid).orElseThrow();
    assertThat(applied.appliedTo(first.job())).isEqualTo(after);
    assertThat(store.leases().held()).containsExactly(first.lease());
    assertThat(Store.result(store.leases().release(List.of(first.lease())))).isEqualTo(1);
    LeasedJob second = store.leases().claim("", 1).get(0);
    assertThat(second.lease().fence()).isGreaterThan(first.lease().fence());
    List<?> before = Stored.tables(database);
    assertThatThrownBy(
            () ->
                Store.result(
                    store
                        .changes()
                        .changeLater(first.lease(), head -> JobChange.to(FAILED, "stale"))))
        .isInstanceOf(LeaseLostException.class);
    assertThat(Store.result(store.leases().release(List.of(first.lease())))).isZero();
    assertThat(Stored.tables(database)).isEqualTo(before);
    Store.result(store.changes().changeLater(second.lease(), head -> JobChange.to(FAILED, "end")));
    assertThatThrownBy(
            () ->
                Store.result(
                    store
                        .changes()
                        .changeLater(second.lease(), head -> JobChange.to(FAILED, "again"))))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void aJobStoredWithItsLeaseIsNobodyElses() {
    Job job = Stored.job();
    Lease lease = Store.result(store.jobs().insertLater(job, "{}", "", true));
    assertThat(store.leases().claim("", 10)).isEmpty();
    assertThat(store.leases().held()).containsExactly(lease);
    Store.result(
        store.changes().changeLater(lease, head -> JobChange.to(PENDING, "mine").watched(null)));
    assertThat(store.leases().held()).isEmpty();
    assertThat(store.leases().claim("", 10)).isEmpty();
    assertThat(store.leases().adopt(10)).as("this engine watches it").isEmpty();
  }
}
