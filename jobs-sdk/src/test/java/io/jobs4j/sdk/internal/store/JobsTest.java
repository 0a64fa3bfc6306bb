package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.ACCEPTED;
import static io.jobs4j.core.lifecycle.JobStatus.FINISHED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static io.jobs4j.core.lifecycle.JobStatus.STOPPED;
import static io.jobs4j.sdk.internal.store.Stored.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;

/** Which jobs are stored and found again, with their history and in lists. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class JobsTest extends StoreFixture {
  @Test
  void aNewJobIsStoredWithItsPayloadAndFirstEvent() {
    Job job =
        Stored.job().toBuilder()
            .set(Job.Field.ROLES, "a,b")
            .set(Job.Field.REMOTE_QUEUE, "q")
            .set(Job.Field.MEMORY_PER_NODE, 1.5)
            .build();
    long id = store.jobs().insert(job, "{\"the\":\"request\"}");
    StoredJob stored = store.jobs().load(job.id()).orElseThrow();
    assertThat(stored).isEqualTo(StoredJob.ofNew(id, job));
    assertThat(store.jobs().request(id)).isEqualTo("{\"the\":\"request\"}");
    assertThat(store.jobs().history(id, 0, 10))
        .containsExactly(
            new HistoryEvent(1, START, JobEventName.ACCEPTED, ACCEPTED.description(), null, null));
    List<LeasedJob> claimed = store.leases().claim("", 10);
    assertThat(claimed).extracting(LeasedJob::job).containsExactly(stored);
    Lease lease = claimed.get(0).lease();
    assertThat(lease).isEqualTo(new Lease(id, job.id(), 1, lease.engine()));
    assertThat(told).containsExactly(job.id());
  }

  @Test
  void everyFieldOfANewJobIsStored() {
    Job job = Stored.full();
    long id = store.jobs().insert(job, "{}");
    assertThat(store.jobs().load(job.id())).contains(StoredJob.ofNew(id, job));
    assertThat(store.leases().claim("", 1).get(0).job()).isEqualTo(StoredJob.ofNew(id, job));
  }

  @Test
  void theTablesHaveTheColumnsOfTheFieldsAndNoOther() {
    insert();
    List<List<Map<String, Object>>> tables = Stored.tables(database);
    assertThat(tables.get(0).get(0).keySet())
        .containsExactlyInAnyOrderElementsOf(columns(JobField.Place.JOB));
    List<String> payload = columns(JobField.Place.PAYLOAD);
    payload.addAll(List.of("job_id", "request"));
    assertThat(tables.get(1).get(0).keySet()).containsExactlyInAnyOrderElementsOf(payload);
  }

  private static List<String> columns(JobField.Place place) {
    return new ArrayList<>(JobField.in(place).stream().map(JobField::column).toList());
  }

  @Test
  void aSecondJobWithTheSameUuidIsRefusedAndLeavesNothing() {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    Object before = Stored.tables(database);
    assertThatThrownBy(() -> store.jobs().insert(job, "{}")).isInstanceOf(StoreException.class);
    assertThat(Stored.tables(database)).isEqualTo(before);
  }

  @Test
  void historyKeepsWhoAndHowFarAndIsReadInParts() {
    String uuid = insert();
    TransferProgress progress = new TransferProgress(1, 2, "agave://s/é", 3, 4, 5);
    JobHead head =
        store
            .changes()
            .change(
                uuid,
                before ->
                    JobChange.to(PENDING, "one")
                        .then(
                            List.of(
                                new JobChange.Step(PENDING, " ", "bob", null),
                                new JobChange.Step(PENDING, "three", null, progress))));
    List<HistoryEvent> all = store.jobs().history(head.id(), 0, 100);
    assertThat(all).extracting(HistoryEvent::sequence).containsExactly(1L, 2L, 3L, 4L);
    assertThat(all.get(2).description()).isEqualTo("Setting job status to PENDING.");
    assertThat(all.get(2).createdBy()).isEqualTo("bob");
    assertThat(all.get(3).progress()).isEqualTo(progress);
    assertThat(store.jobs().history(head.id(), 1, 2)).isEqualTo(all.subList(1, 3));
    assertThat(store.jobs().history(head.id(), 4, 2)).isEmpty();
  }

  @Test
  void anAcceptedJobIsNotListed() {
    String uuid = insert();
    JobQuery all = new JobQuery(Set.of(), true, true, 0, 10, null, null, false);
    JobQuery named = new JobQuery(Set.of(ACCEPTED, PENDING), true, true, 0, 10, null, null, false);
    assertThat(store.jobs().list("acme", "alice", all)).isEmpty();
    assertThat(store.jobs().list("acme", "alice", named)).isEmpty();
    assertThat(counted(Set.of(), true)).isZero();
    assertThat(store.jobs().count("acme", "alice", named)).isZero();
    assertThat(store.jobs().load(uuid)).isPresent();
    bring(uuid, PENDING);
    assertThat(store.jobs().list("acme", "alice", all)).hasSize(1);
    assertThat(store.jobs().list("acme", "alice", named)).hasSize(1);
    assertThat(store.jobs().count("acme", "alice", named)).isEqualTo(1);
    assertThat(store.jobs().list("acme", "bob", all)).isEmpty();
    assertThat(store.jobs().list("other", "alice", all)).isEmpty();
    assertThat(store.jobs().list("acme", null, all)).hasSize(1);
    assertThat(store.jobs().list("other", null, all)).isEmpty();
  }

  @Test
  void noJobHasAnIdThatCannotBeStored() {
    JobQuery all = new JobQuery(Set.of(), true, true, 0, 10, null, null, false);
    for (String id :
        List.of("abc\0", "\0", "", "x".repeat(100_000), "\uD83D", "\uDE00a", "a\nb", "' OR 1=1")) {
      assertThat(store.jobs().load(id)).isEmpty();
      assertThat(store.jobs().list("acme", id, all)).isEmpty();
      assertThat(store.jobs().count("acme", id, query(Set.of(), true))).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(value = JobStatus.class, names = "PENDING")
  @NullSource
  void theJobsOfATenantAreListedInTheOrderOfAnIndex(JobStatus status) {
    Set<JobStatus> statuses = status == null ? Set.of() : Set.of(status);
    List<String> uuids = new ArrayList<>();
    for (String owner : List.of("bob", "alice", "carol", "alice", "bob")) {
      Job job = Stored.job().toBuilder().set(Job.Field.OWNER, owner).build();
      store.jobs().insert(job, "{}");
      bring(job.id(), PENDING);
      uuids.add(job.id());
    }
    store.jobs().insert(Stored.job().toBuilder().set(Job.Field.TENANT_ID, "other").build(), "{}");
    JobQuery down = new JobQuery(statuses, false, false, 0, 3, null, null, false);
    assertThat(store.jobs().list("acme", null, down))
        .extracting(stored -> stored.job().id())
        .containsExactly(uuids.get(4), uuids.get(3), uuids.get(2));
    assertThat(store.jobs().count("acme", null, query(statuses, false))).isEqualTo(5);
    assertThat(store.jobs().count("acme", "bob", query(statuses, false))).isEqualTo(2);
    assertThat(store.jobs().count("nowhere", null, query(statuses, false))).isZero();
    JobQuery next = new JobQuery(statuses, false, false, 0, 3, uuids.get(2), null, false);
    assertThat(store.jobs().list("acme", null, next))
        .extracting(stored -> stored.job().id())
        .containsExactly(uuids.get(1), uuids.get(0));
  }

  @Test
  void listsAreFilteredAndComeInPages() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      uuids.add(insert());
      bring(uuids.get(i), i % 2 == 0 ? PENDING : RUNNING);
    }
    assertThat(store.jobs().setVisible(uuids.get(6), false)).isTrue();
    assertThat(store.jobs().setVisible(uuids.get(6), false)).isFalse();
    assertThat(listed(Set.of(), false, true, 0, 10)).isEqualTo(uuids.subList(0, 6));
    assertThat(listed(Set.of(), true, true, 0, 10)).isEqualTo(uuids);
    assertThat(counted(Set.of(), false)).isEqualTo(6);
    assertThat(counted(Set.of(), true)).isEqualTo(7);
    assertThat(counted(Set.of(PENDING), false)).isEqualTo(3);
    assertThat(counted(Set.of(RUNNING), true)).isEqualTo(3);
    assertThat(counted(Set.of(FINISHED), true)).isZero();
    assertThat(listed(Set.of(), true, true, 2, 3)).isEqualTo(uuids.subList(2, 5));
    assertThat(listed(Set.of(), true, true, 7, 3)).isEmpty();
    assertThat(listed(Set.of(), true, false, 0, 2)).containsExactly(uuids.get(6), uuids.get(5));
    assertThat(listed(Set.of(RUNNING), true, true, 1, 10))
        .containsExactly(uuids.get(3), uuids.get(5));
    assertThat(listed(Set.of(FINISHED), true, true, 0, 10)).isEmpty();
    assertThat(store.jobs().setVisible(uuids.get(6), true)).isTrue();
    assertThat(listed(Set.of(), false, true, 6, 10)).containsExactly(uuids.get(6));
  }

  @Test
  void jobsThatAreOverAreListedToo() {
    String going = insert();
    bring(going, RUNNING);
    String over = insert();
    bring(over, RUNNING);
    store.changes().change(over, head -> JobChange.to(STOPPED, "cancelled"));
    assertThat(listed(Set.of(), false, true, 0, 10)).containsExactly(going, over);
    assertThat(listed(Set.of(RUNNING), false, true, 0, 10)).containsExactly(going);
    assertThat(listed(Set.of(STOPPED), false, true, 0, 10)).containsExactly(over);
    assertThat(listed(Set.of(RUNNING, STOPPED), false, true, 0, 10)).containsExactly(going, over);
    assertThat(counted(Set.of(), false)).isEqualTo(2);
    assertThat(counted(Set.of(RUNNING), false)).isEqualTo(1);
    assertThat(counted(Set.of(STOPPED), false)).isEqualTo(1);
    assertThat(counted(Set.of(RUNNING, STOPPED), false)).isEqualTo(2);
  }

  private long counted(Set<JobStatus> statuses, boolean hidden) {
    return store.jobs().count("acme", "alice", query(statuses, hidden));
  }

  private static JobQuery query(Set<JobStatus> statuses, boolean hidden) {
    JobQuery query = JobQuery.all().withStatus(statuses.toArray(JobStatus[]::new));
    return hidden ? query.withHidden() : query;
  }

  private List<String> listed(
      Set<JobStatus> statuses, boolean hidden, boolean ascending, int offset, int limit) {
    return store
        .jobs()
        .list(
            "acme",
            "alice",
            new JobQuery(statuses, hidden, ascending, offset, limit, null, null, false))
        .stream()
        .map(stored -> stored.job().id())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(value = JobStatus.class, names = "PENDING")
  @NullSource
  void aListGoesOnAfterAJob(JobStatus status) {
    Set<JobStatus> statuses = status == null ? Set.of() : Set.of(status);
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      uuids.add(insert());
      bring(uuids.get(i), PENDING);
    }
    JobQuery up = new JobQuery(statuses, false, true, 0, 3, uuids.get(2), null, false);
    assertThat(store.jobs().list("acme", "alice", up))
        .extracting(stored -> stored.job().id())
        .isEqualTo(uuids.subList(3, 6));
    JobQuery down = new JobQuery(statuses, false, false, 0, 10, uuids.get(2), null, false);
    assertThat(store.jobs().list("acme", "alice", down))
        .extracting(stored -> stored.job().id())
        .containsExactly(uuids.get(1), uuids.get(0));
    JobQuery gone = new JobQuery(statuses, false, false, 0, 10, "unknown", null, false);
    assertThat(store.jobs().list("acme", "alice", gone)).isEmpty();
  }
}
