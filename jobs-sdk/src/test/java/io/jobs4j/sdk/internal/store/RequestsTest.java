package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.PAUSED;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_INPUTS;
import static io.jobs4j.core.lifecycle.JobStatus.STOPPED;
import static io.jobs4j.core.lifecycle.JobStatus.SUBMITTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What users want of jobs is kept until it is done or taken back. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class RequestsTest extends StoreFixture {
  @Test
  void aWorkerIsToldOfWhatItCanDoSomethingAbout() {
    String staging = insert();
    bring(staging, STAGING_INPUTS);
    String submitting = insert();
    bring(submitting, SUBMITTING);
    assertThat(store.leases().claim("", 10)).hasSize(2);
    assertThat(store.requests().ofInFlight()).isEmpty();
    store.requests().pause(staging, "alice");
    store.requests().pause(submitting, "alice");
    assertThat(store.requests().ofInFlight()).containsExactly(staging);
    store.requests().cancel(submitting, "alice");
    assertThat(store.requests().ofInFlight()).containsExactlyInAnyOrder(staging, submitting);
  }

  @Test
  void aPauseIsAWishUntilItIsTakenBack() {
    String uuid = insert();
    bring(uuid, RUNNING);
    store.changes().change(uuid, head -> JobChange.NONE.dueAt(null));
    assertThat(store.requests().pause(uuid, "alice"))
        .isEqualTo(new Requests.Requested(RUNNING, true));
    assertThat(ready()).containsExactly(uuid);
    List<?> once = Stored.tables(database);
    assertThat(store.requests().pause(uuid, "bob"))
        .isEqualTo(new Requests.Requested(RUNNING, false));
    assertThat(Stored.tables(database)).isEqualTo(once);
    StoredJob asked = store.jobs().load(uuid).orElseThrow();
    assertThat(asked.pauseRequestedBy()).isEqualTo("alice");
    store.changes().change(uuid, head -> JobChange.to(PAUSED, "").dueAt(null));
    assertThat(store.requests().resume(uuid)).isEqualTo(new Requests.Requested(PAUSED, true));
    assertThat(ready()).containsExactly(uuid);
    assertThat(store.jobs().load(uuid).orElseThrow().pauseRequestedBy()).isNull();
    List<?> resumed = Stored.tables(database);
    assertThat(store.requests().resume(uuid)).isEqualTo(new Requests.Requested(PAUSED, false));
    assertThat(Stored.tables(database)).isEqualTo(resumed);
  }

  @Test
  void theFirstWhoCancelsIsKept() {
    String uuid = insert();
    bring(uuid, RUNNING);
    store.changes().change(uuid, head -> JobChange.NONE.dueAt(null));
    clock.move(Duration.ofSeconds(5));
    assertThat(store.requests().cancel(uuid, "alice"))
        .isEqualTo(new Requests.Requested(RUNNING, true));
    assertThat(ready()).containsExactly(uuid);
    List<?> once = Stored.tables(database);
    assertThat(store.requests().cancel(uuid, "bob"))
        .isEqualTo(new Requests.Requested(RUNNING, false));
    assertThat(Stored.tables(database)).isEqualTo(once);
    assertThat(store.jobs().load(uuid).orElseThrow().cancelRequestedBy()).isEqualTo("alice");
    assertThat(store.changes().change(uuid, head -> JobChange.to(STOPPED, "")).cancelRequestedBy())
        .isEqualTo("alice");
    List<?> over = Stored.tables(database);
    assertThat(store.requests().cancel(uuid, "carol"))
        .isEqualTo(new Requests.Requested(STOPPED, false));
    assertThat(Stored.tables(database)).isEqualTo(over);
    assertThatThrownBy(() -> store.requests().cancel("unknown", "x"))
        .isInstanceOf(StoreException.class);
  }
}
