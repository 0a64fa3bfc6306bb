package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.ACCEPTED;
import static io.jobs4j.core.lifecycle.JobStatus.ARCHIVING;
import static io.jobs4j.core.lifecycle.JobStatus.BLOCKED;
import static io.jobs4j.core.lifecycle.JobStatus.CLEANING_UP;
import static io.jobs4j.core.lifecycle.JobStatus.FAILED;
import static io.jobs4j.core.lifecycle.JobStatus.FINISHED;
import static io.jobs4j.core.lifecycle.JobStatus.PAUSED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.core.lifecycle.JobStatus.PROCESSING_INPUTS;
import static io.jobs4j.core.lifecycle.JobStatus.QUEUED;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static io.jobs4j.core.lifecycle.JobStatus.STAGED;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_INPUTS;
import static io.jobs4j.core.lifecycle.JobStatus.STAGING_JOB;
import static io.jobs4j.core.lifecycle.JobStatus.STOPPED;
import static io.jobs4j.core.lifecycle.JobStatus.SUBMITTING;
import static io.jobs4j.sdk.internal.store.Stored.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.IllegalTransitionException;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobField;
import io.jobs4j.sdk.internal.job.JobFilter;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.StoredText;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.MovedClock;
import io.jobs4j.sdk.internal.sql.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;

/** What a store does whatever database it is on. */
@Timeout(120)
abstract class StoreContract {
  private static final JobStatus[] TO_RUNNING = {
    PENDING, PROCESSING_INPUTS, STAGING_INPUTS, STAGED, STAGING_JOB, SUBMITTING, QUEUED, RUNNING
  };
  private static final long SEED = 41;

  @TempDir Path directory;
  private final MovedClock clock = new MovedClock(START);
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();
  private Database database;
  private Store store;

  abstract Database open(Path directory);

  @BeforeEach
  void openStore() {
    database = open(directory);
    store =
        new Store(
            database,
            StoreSettings.DEFAULT,
            clock,
            () -> {},
            new StoreObserver() {
              @Override
              public void committed(JobEvent event) {
                told.add(event.jobId());
              }
            });
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

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
  void everyChangeOfTheTableIsStoredWithItsEventAndNoOther() {
    for (JobStatus from : JobStatus.values()) {
      for (JobStatus to : JobStatus.values()) {
        for (JobStatus held : heldIn(from)) {
          tryChange(from, held, to);
        }
      }
    }
  }

  /** The states that a job can have been in before it was held; itself stands for none. */
  private static Set<JobStatus> heldIn(JobStatus from) {
    return from == BLOCKED || from == PAUSED
        ? EnumSet.of(PENDING, STAGING_INPUTS, RUNNING, ARCHIVING)
        : EnumSet.of(from);
  }

  private void tryChange(JobStatus from, JobStatus held, JobStatus to) {
    String uuid = insert();
    bring(uuid, held);
    if (from != held) {
      store.changes().change(uuid, head -> JobChange.to(from, "held"));
    }
    StoredJob before = store.jobs().load(uuid).orElseThrow();
    List<?> tables = Stored.tables(database);
    boolean resumes = from != held && to.isActive();
    boolean legal = JobTransitions.from(from).contains(to) && (!resumes || to == held);
    String what = from + " (" + held + ") to " + to;
    told.clear();
    if (legal) {
      JobHead after = store.changes().change(uuid, head -> JobChange.to(to, what));
      StoredJob stored = store.jobs().load(uuid).orElseThrow();
      List<HistoryEvent> events = store.jobs().history(after.id(), 0, 100);
      HistoryEvent last = events.get(events.size() - 1);
      assertThat(stored.job().status()).as(what).isEqualTo(to).isEqualTo(after.status());
      assertThat(stored.job().lastStatusMessage()).isEqualTo(what).isEqualTo(last.description());
      assertThat(last.status()).isEqualTo(JobEventName.of(to));
      assertThat(last.sequence()).as(what).isEqualTo(events.size()).isEqualTo(after.lastSequence());
      assertThat(stored.heldIn())
          .as(what)
          .isEqualTo(after.heldIn())
          .isEqualTo(expectedHeld(held, to));
      assertThat(stored.activeStatus().isActive()).isEqualTo(!to.isTerminal());
      assertThat(told).containsExactly(uuid);
    } else {
      assertThatThrownBy(() -> store.changes().change(uuid, head -> JobChange.to(to, what)))
          .as(what)
          .isInstanceOf(IllegalTransitionException.class)
          .hasMessage(
              "Job %s attempted an illegal state transition from %s to %s.", uuid, from, to);
      assertThat(Stored.tables(database)).as(what).isEqualTo(tables);
      assertThat(store.jobs().load(uuid)).contains(before);
      assertThat(told).isEmpty();
    }
  }

  private static @Nullable JobStatus expectedHeld(JobStatus held, JobStatus to) {
    return to == BLOCKED || to == PAUSED ? held : null;
  }

  @Test
  void aChangeThatIsIllegalAtItsEndStoresNothingOfItsBeginning() {
    String uuid = insert();
    bring(uuid, PENDING);
    List<?> before = Stored.tables(database);
    JobChange change =
        JobChange.to(PROCESSING_INPUTS, "one")
            .then(STAGED, "two")
            .then(RUNNING, "too far")
            .workPath("never")
            .countSubmitAttempt();
    assertThatThrownBy(() -> store.changes().change(uuid, head -> change))
        .isInstanceOf(IllegalTransitionException.class);
    assertThatThrownBy(() -> store.changes().changeLater(uuid, head -> change).join())
        .hasCauseInstanceOf(IllegalTransitionException.class);
    assertThat(Stored.tables(database)).isEqualTo(before);
  }

  @Test
  void aDecisionThatThrowsStoresNothing() {
    String uuid = insert();
    List<?> before = Stored.tables(database);
    assertThatThrownBy(
            () ->
                store
                    .changes()
                    .change(
                        uuid,
                        head -> {
                          throw new ArithmeticException("no decision");
                        }))
        .isInstanceOf(StoreException.class)
        .hasMessage("The database could not store a change.")
        .hasRootCauseMessage("no decision");
    assertThatThrownBy(() -> store.changes().change("unknown", head -> JobChange.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("unknown");
    assertThat(Stored.tables(database)).isEqualTo(before);
  }

  @Test
  void timesAreWrittenOnce() {
    String uuid = insert();
    bring(uuid, SUBMITTING);
    clock.move(Duration.ofSeconds(1));
    Instant submitted = store.clock().instant();
    store.changes().change(uuid, head -> JobChange.to(QUEUED, ""));
    clock.move(Duration.ofSeconds(1));
    Instant started = store.clock().instant();
    store.changes().change(uuid, head -> JobChange.to(RUNNING, ""));
    for (JobStatus status : List.of(QUEUED, RUNNING, BLOCKED, RUNNING, PAUSED, RUNNING)) {
      clock.move(Duration.ofSeconds(1));
      store
          .changes()
          .change(uuid, head -> JobChange.to(status, "").remoteStarted(store.clock().instant()));
    }
    Instant ended = START.plusSeconds(77);
    store.changes().change(uuid, head -> JobChange.to(CLEANING_UP, "").remoteEnded(ended));
    clock.move(Duration.ofSeconds(1));
    store
        .changes()
        .change(uuid, head -> JobChange.to(CLEANING_UP, "").remoteEnded(START).then(FINISHED, ""));
    Instant finished = store.clock().instant();
    clock.move(Duration.ofSeconds(1));
    store.changes().change(uuid, head -> JobChange.NONE.remoteEnded(START).remoteStarted(START));
    Job job = store.jobs().load(uuid).orElseThrow().job();
    assertThat(job.accepted()).isEqualTo(START);
    assertThat(job.created()).isEqualTo(START);
    assertThat(job.remoteSubmitted()).isEqualTo(submitted);
    assertThat(job.remoteStarted()).isEqualTo(started);
    assertThat(job.remoteEnded()).isEqualTo(ended);
    assertThat(job.ended()).isEqualTo(finished);
    assertThat(job.lastUpdated()).isEqualTo(finished.plusSeconds(1));
  }

  @Test
  void aJobThatIsRefusedAtOnceWasCreatedAndEnded() {
    String uuid = insert();
    clock.move(Duration.ofSeconds(3));
    store
        .changes()
        .change(
            uuid,
            head -> JobChange.to(FAILED, "no").conditionCode(ConditionCode.JOB_INVALID_DEFINITION));
    Job job = store.jobs().load(uuid).orElseThrow().job();
    assertThat(job.created()).isEqualTo(START.plusSeconds(3)).isEqualTo(job.ended());
    assertThat(job.remoteSubmitted()).isNull();
    assertThat(job.conditionCode()).isEqualTo(ConditionCode.JOB_INVALID_DEFINITION);
    assertThat(store.leases().claim("", 10)).isEmpty();
  }

  @Test
  void eachEntryIntoBlockedIsCounted() {
    String uuid = insert();
    bring(uuid, RUNNING);
    for (int i = 1; i <= 3; i++) {
      store.changes().change(uuid, head -> JobChange.to(BLOCKED, ""));
      assertThat(store.jobs().load(uuid).orElseThrow().job().blockedCount()).isEqualTo(i);
      store
          .changes()
          .change(uuid, head -> JobChange.to(PAUSED, "").then(RUNNING, "").then(RUNNING, ""));
      assertThat(store.jobs().load(uuid).orElseThrow().job().blockedCount()).isEqualTo(i);
    }
    store
        .changes()
        .change(uuid, head -> JobChange.to(BLOCKED, "").then(RUNNING, "").then(BLOCKED, ""));
    assertThat(store.jobs().load(uuid).orElseThrow().job().blockedCount()).isEqualTo(5);
  }

  @Test
  void aHeldJobRemembersWhereItWas() {
    String uuid = insert();
    bring(uuid, STAGING_INPUTS);
    assertThat(store.changes().change(uuid, head -> JobChange.to(BLOCKED, "")).heldIn())
        .isEqualTo(STAGING_INPUTS);
    assertThat(store.changes().change(uuid, head -> JobChange.to(PAUSED, "")).heldIn())
        .isEqualTo(STAGING_INPUTS);
    StoredJob paused = store.jobs().load(uuid).orElseThrow();
    assertThat(paused.job().status()).isEqualTo(PAUSED);
    assertThat(paused.activeStatus()).isEqualTo(STAGING_INPUTS);
    JobHead resumed = store.changes().change(uuid, head -> JobChange.to(head.activeStatus(), ""));
    assertThat(resumed.status()).isEqualTo(STAGING_INPUTS);
    assertThat(resumed.heldIn()).isNull();
  }

  @Test
  void fieldsAreKeptUnlessAChangeSetsThem() {
    String uuid = insert();
    bring(uuid, RUNNING);
    Instant checked = START.plusSeconds(9);
    store
        .changes()
        .change(
            uuid,
            head ->
                JobChange.to(CLEANING_UP, "over")
                    .workPath("/w")
                    .remoteJobId("1")
                    .remoteOutcome(RemoteOutcome.FAILED)
                    .remoteEndMessage("why")
                    .countSubmitAttempt()
                    .countStatusChecks(3, 4)
                    .lastStatusCheck(checked)
                    .archived());
    store.changes().change(uuid, head -> JobChange.to(ARCHIVING, "").countStatusChecks(1, 1));
    StoredJob stored = store.jobs().load(uuid).orElseThrow();
    assertThat(stored.archived()).isTrue();
    assertThat(stored.remoteEndMessage()).isEqualTo("why");
    Job job = stored.job();
    assertThat(job.workPath()).isEqualTo("/w");
    assertThat(job.remoteJobId()).isEqualTo("1");
    assertThat(job.remoteOutcome()).isEqualTo(RemoteOutcome.FAILED);
    assertThat(job.submitRetries()).isEqualTo(1);
    assertThat(job.remoteStatusChecks()).isEqualTo(4);
    assertThat(job.failedStatusChecks()).isEqualTo(5);
    assertThat(job.lastStatusCheck()).isEqualTo(checked);
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
  void longTextsAreCutWithoutBreakingACharacter() {
    String uuid = insert();
    String faces = "x" + "😀".repeat(JobChange.TEXT_LIMIT);
    String plain = "y".repeat(JobChange.TEXT_LIMIT + 1);
    store
        .changes()
        .change(
            uuid,
            head -> JobChange.to(PENDING, plain).then(PENDING, faces).remoteEndMessage(faces));
    StoredJob stored = store.jobs().load(uuid).orElseThrow();
    assertThat(stored.job().lastStatusMessage())
        .isEqualTo("x" + "😀".repeat((JobChange.TEXT_LIMIT - 2) / 2));
    assertThat(stored.remoteEndMessage()).isEqualTo(stored.job().lastStatusMessage());
    assertThat(store.jobs().history(stored.id(), 1, 1).get(0).description())
        .isEqualTo("y".repeat(JobChange.TEXT_LIMIT - 1));
  }

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
  void whatAdaptersSayIsMadeStorable() {
    String uuid = insert();
    store
        .changes()
        .change(
            uuid,
            head ->
                JobChange.to(PENDING, "a\0b\uD83Dc\uDE00")
                    .remoteEndMessage("\uDE00\uD83D")
                    .remoteStarted(Instant.MAX)
                    .remoteEnded(Instant.MIN));
    StoredJob stored = store.jobs().load(uuid).orElseThrow();
    assertThat(stored.job().lastStatusMessage()).isEqualTo("a\uFFFDb\uFFFDc\uFFFD");
    assertThat(stored.remoteEndMessage()).isEqualTo("\uFFFD\uFFFD");
    assertThat(stored.job().remoteStarted()).isNull();
    assertThat(stored.job().remoteEnded()).isNull();
    String longest = "x".repeat(StoredText.ID_LIMIT);
    store.changes().change(uuid, head -> JobChange.NONE.remoteJobId(longest));
    assertThat(store.jobs().load(uuid).orElseThrow().job().remoteJobId()).isEqualTo(longest);
    for (String none : List.of("", longest + "x", "a\nb", "a\0", "\uD83D")) {
      assertThatThrownBy(() -> JobChange.NONE.remoteJobId(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("must have 1 to 255 characters and no control characters");
    }
  }

  @Test
  void anAcceptedJobIsNotListed() {
    String uuid = insert();
    JobFilter all = new JobFilter(Set.of(), true, true, 0, 10, null);
    JobFilter named = new JobFilter(Set.of(ACCEPTED, PENDING), true, true, 0, 10, null);
    assertThat(store.jobs().list("acme", "alice", all)).isEmpty();
    assertThat(store.jobs().list("acme", "alice", named)).isEmpty();
    assertThat(counted(Set.of(), true)).isZero();
    assertThat(store.jobs().count("acme", "alice", named.statuses(), true)).isZero();
    assertThat(store.jobs().load(uuid)).isPresent();
    bring(uuid, PENDING);
    assertThat(store.jobs().list("acme", "alice", all)).hasSize(1);
    assertThat(store.jobs().list("acme", "alice", named)).hasSize(1);
    assertThat(store.jobs().count("acme", "alice", named.statuses(), true)).isEqualTo(1);
    assertThat(store.jobs().list("acme", "bob", all)).isEmpty();
    assertThat(store.jobs().list("other", "alice", all)).isEmpty();
    assertThat(store.jobs().list("acme", null, all)).hasSize(1);
    assertThat(store.jobs().list("other", null, all)).isEmpty();
  }

  @Test
  void noJobHasAnIdThatCannotBeStored() {
    JobFilter all = new JobFilter(Set.of(), true, true, 0, 10, null);
    for (String id :
        List.of("abc\0", "\0", "", "x".repeat(100_000), "\uD83D", "\uDE00a", "a\nb", "' OR 1=1")) {
      assertThat(store.jobs().load(id)).isEmpty();
      assertThat(store.jobs().list("acme", id, all)).isEmpty();
      assertThat(store.jobs().count("acme", id, Set.of(), true)).isZero();
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
    JobFilter down = new JobFilter(statuses, false, false, 0, 3, null);
    assertThat(store.jobs().list("acme", null, down))
        .extracting(stored -> stored.job().id())
        .containsExactly(uuids.get(4), uuids.get(3), uuids.get(2));
    assertThat(store.jobs().count("acme", null, statuses, false)).isEqualTo(5);
    assertThat(store.jobs().count("acme", "bob", statuses, false)).isEqualTo(2);
    assertThat(store.jobs().count("nowhere", null, statuses, false)).isZero();
    JobFilter next = new JobFilter(statuses, false, false, 0, 3, uuids.get(2));
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
    return store.jobs().count("acme", "alice", statuses, hidden);
  }

  private List<String> listed(
      Set<JobStatus> statuses, boolean hidden, boolean ascending, int offset, int limit) {
    return store
        .jobs()
        .list("acme", "alice", new JobFilter(statuses, hidden, ascending, offset, limit, null))
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
    JobFilter up = new JobFilter(statuses, false, true, 0, 3, uuids.get(2));
    assertThat(store.jobs().list("acme", "alice", up))
        .extracting(stored -> stored.job().id())
        .isEqualTo(uuids.subList(3, 6));
    JobFilter down = new JobFilter(statuses, false, false, 0, 10, uuids.get(2));
    assertThat(store.jobs().list("acme", "alice", down))
        .extracting(stored -> stored.job().id())
        .containsExactly(uuids.get(1), uuids.get(0));
    JobFilter gone = new JobFilter(statuses, false, false, 0, 10, "unknown");
    assertThat(store.jobs().list("acme", "alice", gone)).isEmpty();
  }

  @Test
  void jobsThatHaveBeenOverForLongAreDeletedWhole() {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      uuids.add(insert());
      bring(uuids.get(i), i % 2 == 0 ? FAILED : RUNNING);
    }
    clock.move(Duration.ofDays(2));
    String young = insert();
    bring(young, FAILED);
    Instant before = store.clock().instant().minus(Duration.ofDays(1));
    long from = 0;
    do {
      from = store.ended().delete(before, from, 3);
    } while (from != 0);
    for (int i = 0; i < 10; i++) {
      assertThat(store.jobs().load(uuids.get(i)).isPresent()).isEqualTo(i % 2 == 1);
    }
    assertThat(store.jobs().load(young)).isPresent();
    List<List<Map<String, Object>>> tables = Stored.tables(database);
    assertThat(tables.get(1)).as("payloads").hasSize(6);
    assertThat(tables.get(3)).extracting(row -> row.get("job_id")).doesNotContainNull();
    assertThat(tables.get(3).stream().map(row -> row.get("job_id")).distinct()).hasSize(6);
  }

  @Test
  void jobsWakeUpWhenTheirTimeComes() {
    String first = insert();
    String second = insert();
    String third = insert();
    String waiting = insert();
    String over = insert();
    bring(over, FAILED);
    store.changes().change(first, head -> JobChange.NONE.dueAt(START.plusSeconds(20)));
    store.changes().change(second, head -> JobChange.NONE.dueAt(START.plusSeconds(10)));
    store.changes().change(third, head -> JobChange.NONE.dueAt(START.plusSeconds(10)));
    store.changes().change(waiting, head -> JobChange.NONE.dueAt(null));
    assertThat(store.timers().wakeDue()).isZero();
    assertThat(ready()).isEmpty();
    assertThat(store.timers().next()).contains(START.plusSeconds(10));
    clock.move(Duration.ofSeconds(10));
    assertThat(store.timers().wakeDue()).isEqualTo(2);
    assertThat(ready()).containsExactly(second, third);
    assertThat(store.timers().next()).contains(START.plusSeconds(20));
    store.changes().change(second, head -> JobChange.to(PENDING, "").dueAsBefore());
    assertThat(ready()).containsExactly(second, third);
    clock.move(Duration.ofSeconds(10));
    assertThat(store.timers().wakeDue()).isEqualTo(1);
    assertThat(ready()).as("places are kept").containsExactly(first, second, third);
    assertThat(store.timers().next()).isEmpty();
    assertThat(claim(2)).containsExactly(first, second);
    assertThat(claim(10)).containsExactly(third);
    assertThat(claim(10)).isEmpty();
  }

  /** The jobs that wait for workers, in the order in which they get them. */
  private List<String> ready() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        SELECT j.uuid FROM jobs4j_job_queue q JOIN jobs4j_job j ON j.id = q.job_id
                        WHERE q.state = 'R' ORDER BY q.worker_pool, q.place, q.job_id""")
                    .mapTo(String.class)
                    .list());
  }

  private List<String> claim(int limit) {
    return store.leases().claim("", limit).stream().map(leased -> leased.lease().uuid()).toList();
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

  @Test
  void theTimeRunsSlowerUntilAClockThatWasSetBackHasCaughtUp() {
    clock.move(Duration.ofHours(5));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofHours(5)));
    clock.move(Duration.ofHours(-4));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofHours(5)));
    clock.move(Duration.ofMinutes(10));
    assertThat(store.clock().instant()).isEqualTo(START.plus(Duration.ofMinutes(5 * 60 + 5)));
    clock.move(Duration.ofHours(8));
    assertThat(store.clock().instant()).isEqualTo(clock.instant());
    clock.move(Duration.ofMinutes(1));
    assertThat(store.clock().instant()).isEqualTo(clock.instant());
  }

  @Test
  void whatIsSaidOfAChangeIsWhatIsStored() {
    Random random = new Random(SEED);
    String uuid = insert();
    LeasedJob leased = store.leases().claim("", 1).get(0);
    StoredJob known = leased.job();
    for (int i = 0; i < 200 && !known.job().status().isTerminal(); i++) {
      clock.move(Duration.ofSeconds(random.nextInt(5) - 1));
      StoredJob before = known;
      JobChange change = randomChange(random, before);
      Applied applied =
          Store.result(store.changes().changeLater(leased.lease(), head -> change.dueAsBefore()));
      known = applied.appliedTo(before);
      assertThat(known).isEqualTo(store.jobs().load(uuid).orElseThrow());
    }
  }

  private static JobChange randomChange(Random random, StoredJob before) {
    List<JobStatus> legal =
        JobTransitions.from(before.job().status()).stream()
            .filter(to -> !to.isTerminal() && !resumesElsewhere(before, to))
            .toList();
    JobChange change = JobChange.NONE;
    if (random.nextInt(4) > 0) {
      change = change.then(legal.get(random.nextInt(legal.size())), "step");
    }
    Instant time = START.plusSeconds(random.nextInt(1000));
    return switch (random.nextInt(6)) {
      case 0 -> change.workPath("/work").countSubmitAttempt();
      case 1 -> change.remoteJobId("1").remoteStarted(time);
      case 2 -> change.remoteEnded(time).remoteOutcome(RemoteOutcome.FAILED);
      case 3 -> change.remoteEndMessage("why").conditionCode(ConditionCode.SCHEDULER_TIMEOUT);
      case 4 -> change.countStatusChecks(2, 1).lastStatusCheck(time);
      default -> random.nextBoolean() ? change.archived() : change;
    };
  }

  private static boolean resumesElsewhere(StoredJob before, JobStatus to) {
    return before.heldIn() != null && to.isActive() && to != before.heldIn();
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
  void pausedJobsThatTheirSchedulersHaveAreFoundAndMadeReady() {
    String running = insert();
    bring(running, RUNNING);
    String staging = insert();
    bring(staging, STAGING_INPUTS);
    for (String uuid : List.of(running, staging)) {
      store.requests().pause(uuid, "alice");
      store.changes().change(uuid, head -> JobChange.to(PAUSED, "").dueAt(null));
    }

    List<StoredJob> found = store.paused().resting(0, 10);
    assertThat(found).extracting(job -> job.job().id()).containsExactly(running);
    long id = found.get(0).id();
    assertThat(store.paused().resting(id, 10)).isEmpty();
    assertThat(store.paused().ready(List.of(id))).isEqualTo(1);
    assertThat(ready()).containsExactly(running);
    assertThat(store.paused().resting(0, 10)).isEmpty();
    assertThat(store.paused().ready(List.of(id))).isZero();
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

  @Test
  void aChangeThatThrowsTakesNoOtherWithIt() throws Exception {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      uuids.add(insert());
    }
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<JobHead> first =
        store
            .changes()
            .changeLater(
                insert(),
                head -> {
                  awaitUninterrupted(waiting);
                  return JobChange.NONE;
                });
    List<CompletableFuture<JobHead>> group = new ArrayList<>();
    for (int i = 0; i < uuids.size(); i++) {
      JobStatus to = i % 20 == 7 ? RUNNING : PENDING;
      group.add(store.changes().changeLater(uuids.get(i), head -> JobChange.to(to, "once")));
    }
    waiting.countDown();
    first.get();
    for (int i = 0; i < uuids.size(); i++) {
      CompletableFuture<JobHead> result = group.get(i);
      long id = store.jobs().load(uuids.get(i)).orElseThrow().id();
      if (i % 20 == 7) {
        assertThatThrownBy(result::get).hasCauseInstanceOf(IllegalTransitionException.class);
        assertThat(store.jobs().history(id, 1, 10)).isEmpty();
      } else {
        assertThat(result.get().status()).isEqualTo(PENDING);
        assertThat(store.jobs().history(id, 1, 10))
            .extracting(HistoryEvent::description)
            .containsExactly("once");
      }
    }
  }

  @Test
  void manyWritersLeaveLegalHistoriesWithoutGaps() throws Exception {
    List<String> uuids = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      uuids.add(insert());
    }
    inParallel(
        16,
        writer -> {
          Random random = new Random(SEED + writer);
          for (int i = 0; i < 40; i++) {
            String uuid = uuids.get(random.nextInt(uuids.size()));
            int die = random.nextInt(1 << 20);
            try {
              store.changes().change(uuid, head -> JobChange.to(next(head, die), "by " + writer));
            } catch (IllegalTransitionException e) {
              // Some of what the writers want is illegal, and all of it is refused.
            }
          }
          return null;
        });
    for (String uuid : uuids) {
      assertLegal(uuid);
    }
  }

  /** Mostly a legal state, so that jobs get somewhere, and not to an end too early. */
  private static JobStatus next(JobHead head, int die) {
    List<JobStatus> legal =
        JobTransitions.from(head.status()).stream()
            .filter(status -> !status.isTerminal() || head.lastSequence() > 60)
            .toList();
    JobStatus[] all = JobStatus.values();
    return die % 4 == 0 || legal.isEmpty() ? all[die % all.length] : legal.get(die % legal.size());
  }

  private void assertLegal(String uuid) {
    StoredJob stored = store.jobs().load(uuid).orElseThrow();
    List<HistoryEvent> events = store.jobs().history(stored.id(), 0, 10_000);
    JobStatus status = ACCEPTED;
    JobStatus heldIn = null;
    assertThat(events.get(0).status()).isEqualTo(JobEventName.ACCEPTED);
    for (int i = 1; i < events.size(); i++) {
      assertThat(events.get(i).sequence()).isEqualTo(i + 1);
      JobStatus to = events.get(i).status().status().orElseThrow();
      JobTransitions.check(uuid, status, to, heldIn);
      if (to == BLOCKED || to == PAUSED) {
        heldIn = status.isActive() ? status : heldIn;
      } else {
        heldIn = null;
      }
      status = to;
    }
    assertThat(stored.job().status()).isEqualTo(status);
    assertThat(stored.heldIn()).isEqualTo(heldIn);
    assertThat(stored.job().lastStatusMessage())
        .isEqualTo(events.get(events.size() - 1).description());
  }

  @Test
  void whoeverWritesWhileTheStoreClosesGetsAnAnswer() throws Exception {
    CountDownLatch begun = new CountDownLatch(16);
    Map<String, Boolean> answers = new java.util.concurrent.ConcurrentHashMap<>();
    ExecutorService pool = Executors.newFixedThreadPool(16);
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      writers.add(
          pool.submit(
              () -> {
                boolean open = true;
                while (open) {
                  Job job = Stored.job();
                  open = inserted(job);
                  answers.put(job.id(), open);
                  begun.countDown();
                }
              }));
    }
    begun.await();
    store.close();
    for (Future<?> writer : writers) {
      writer.get(60, TimeUnit.SECONDS);
    }
    pool.shutdown();
    assertThat(answers).containsValue(true).containsValue(false);
    assertThatThrownBy(() -> store.jobs().insert(Stored.job(), "{}"))
        .isInstanceOf(StoreException.class)
        .hasMessage("The engine is closed.");
    assertThatThrownBy(() -> store.jobs().load("any")).isInstanceOf(StoreException.class);
    checkAfterClose(answers);
  }

  /** Compares what the callers were told with what can be read again, if anything can. */
  void checkAfterClose(Map<String, Boolean> answers) {}

  private boolean inserted(Job job) {
    try {
      store.jobs().insert(job, "{}");
      return true;
    } catch (StoreException e) {
      assertThat(e).hasMessage("The engine is closed.");
      return false;
    }
  }

  @Test
  void anInterruptDoesNotUndoAChangeAndIsNotForgotten() {
    String uuid = insert();
    Thread.currentThread().interrupt();
    store.changes().change(uuid, head -> JobChange.to(PENDING, ""));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(store.jobs().load(uuid).orElseThrow().job().status()).isEqualTo(PENDING);
  }

  private String insert() {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    return job.id();
  }

  /** Takes a new job to a state. */
  private void bring(String uuid, JobStatus status) {
    if (status == ACCEPTED) {
      return;
    }
    if (status == FAILED) {
      store.changes().change(uuid, head -> JobChange.to(FAILED, ""));
      return;
    }
    List<JobStatus> path = new ArrayList<>(List.of(TO_RUNNING));
    int at = path.indexOf(status);
    if (at >= 0) {
      path = path.subList(0, at + 1);
    } else if (status == STOPPED) {
      path = List.of(PENDING, STOPPED);
    } else {
      path.add(CLEANING_UP);
      if (status != CLEANING_UP) {
        path.add(status);
      }
    }
    JobChange change = JobChange.NONE;
    for (JobStatus step : path) {
      change = change.then(step, "");
    }
    JobChange all = change;
    store.changes().change(uuid, head -> all);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private interface Writer {
    @Nullable Void write(int number) throws Exception;
  }

  private static void inParallel(int threads, Writer writer) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        tasks.add(() -> writer.write(number));
      }
      for (Future<Void> done : pool.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
  }
}
