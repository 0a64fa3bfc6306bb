package io.jobs4j.sdk.internal.store;

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
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.job.StoredText;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a change stores of a job, and that a change that is refused stores nothing. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class JobChangesTest extends StoreFixture {
  private static final long SEED = 41;

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
}
