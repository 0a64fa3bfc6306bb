package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.IllegalTransitionException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Recovery;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.ManualSource;
import io.jobs4j.sdk.internal.sql.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that several engines work on: each has one of them, which sees what others want of it. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_FILE", "POSTGRESQL"})
class SharedJobsTest extends EnginesFixture {
  @Test
  void enginesTryTogetherWhetherJobsGetAnyFurther() {
    Store one = engine("");
    Store other = engine("");
    Blockage blockage =
        new Blockage(
            "acme",
            RecoveryCondition.STORAGE_NOT_WRITABLE,
            "storage",
            RecoveryPolicy.constant(Duration.ofHours(1), 0, null));
    for (int i = 0; i < 5; i++) {
      String job = insert(one);
      one.changes()
          .change(
              job,
              head -> JobChange.to(JobStatus.PENDING, "").then(JobStatus.PROCESSING_INPUTS, ""));
      one.changes().change(job, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage));
    }
    assertThat(one.recoveries().hastenAll()).isEqualTo(1);
    Recovery recovery = one.recoveries().takeDue(LEASE, 10).get(0);
    assertThat(one.recoveries().releaseTrials(recovery, Duration.ofHours(1))).isEqualTo(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();

    LeasedJob trial = other.leases().claim("", 10).get(0);
    for (JobStatus next :
        List.of(JobStatus.PROCESSING_INPUTS, JobStatus.STAGING_INPUTS, JobStatus.STAGED)) {
      Applied applied =
          Store.result(
              other
                  .changes()
                  .changeLater(trial.lease(), head -> JobChange.to(next, "").dueAsBefore()));
      assertThat(applied.passes()).as("%s", next).isEqualTo(next == JobStatus.STAGING_INPUTS);
    }
    recovery = one.recoveries().takeDue(LEASE, 10).get(0);
    assertThat(recovery.passed()).isTrue();
    assertThat(one.recoveries().releaseTrials(recovery, Duration.ofHours(1))).isEqualTo(2);
  }

  @Test
  void eachJobIsGivenToOneEngine() throws Exception {
    List<Store> engines = List.of(engine(""), engine(""), engine(""));
    Set<String> inserted = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      inserted.add(insert(engines.get(i % 3)));
    }
    List<String> taken = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      List<Callable<List<String>>> takers = new ArrayList<>();
      for (Store engine : engines) {
        takers.add(
            () -> {
              List<String> mine = new ArrayList<>();
              List<LeasedJob> claimed;
              do {
                claimed = engine.leases().claim("", 7);
                claimed.forEach(job -> mine.add(job.lease().uuid()));
              } while (!claimed.isEmpty());
              return mine;
            });
      }
      for (Future<List<String>> mine : pool.invokeAll(takers)) {
        taken.addAll(mine.get());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(taken).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(inserted);
  }

  @Test
  void whoLocksTheFirstLeavesTheOthersToOthers() throws Exception {
    Store engine = engine("");
    for (int i = 0; i < 3; i++) {
      insert(engine);
    }
    try (var one = source.getConnection();
        var other = source.getConnection()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      String sql =
          Names.DEFAULT.resolve(
              Dialect.of(one.getMetaData())
                  .lockFirst(
                      "{job_queue}",
                      "job_id",
                      "job_id",
                      "state = 'R'",
                      "state, worker_pool, place, job_id"));
      List<Long> first = locked(one, sql, 1);
      assertThat(first).hasSize(1);
      List<Long> rest = locked(other, sql, 3);
      assertThat(rest).hasSize(2).doesNotContainAnyElementsOf(first).isSorted();
      one.rollback();
      other.rollback();
    }
  }

  private static List<Long> locked(java.sql.Connection connection, String sql, int limit)
      throws java.sql.SQLException {
    List<Long> ids = new ArrayList<>();
    try (var statement = connection.prepareStatement(sql)) {
      statement.setInt(1, limit);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
    }
    return ids;
  }

  @Test
  void manyClaimsAtOnceTakeNoJobTwice() throws Exception {
    List<Store> engines = List.of(engine(""), engine(""));
    List<CompletableFuture<Lease>> stored = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      stored.add(engines.get(i % 2).jobs().insertLater(Stored.job(), "{}", "", false));
    }
    stored.forEach(Store::result);
    List<String> taken = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Callable<List<String>>> takers = new ArrayList<>();
      for (Store engine : engines) {
        takers.add(
            () -> {
              List<String> mine = new ArrayList<>();
              // What another has just locked may make one claim come back empty.
              for (int empty = 0; empty < 3; ) {
                List<LeasedJob> claimed = engine.leases().claim("", 4);
                empty = claimed.isEmpty() ? empty + 1 : 0;
                claimed.forEach(job -> mine.add(job.lease().uuid()));
              }
              return mine;
            });
      }
      for (Future<List<String>> mine : pool.invokeAll(takers)) {
        taken.addAll(mine.get());
      }
    } finally {
      pool.shutdown();
    }
    assertThat(taken).doesNotHaveDuplicates();
    assertThat(engines.get(0).leases().held().size() + engines.get(1).leases().held().size())
        .isEqualTo(taken.size());
  }

  @Test
  void aLeaseThatWasGivenAwayWritesNothingMore() {
    Store one = engine("");
    Store other = engine("");
    insert(one);
    Lease given = one.leases().claim("", 1).get(0).lease();
    Store.result(one.leases().postpone(given, one.clock().instant().minusSeconds(1)));
    assertThat(other.timers().wakeDue()).isEqualTo(1);
    Lease theirs = other.leases().claim("", 1).get(0).lease();
    assertThat(theirs.jobId()).isEqualTo(given.jobId());
    assertThatThrownBy(
            () ->
                Store.result(
                    one.changes()
                        .changeLater(
                            given, head -> JobChange.to(JobStatus.PENDING, "late").dueAsBefore())))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void whatAnotherEngineAsksOfAJobIsSeenByTheNextChange() {
    Store holder = engine("");
    Store other = engine("");
    insert(holder);
    Lease lease = holder.leases().claim("", 1).get(0).lease();
    Store.result(
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "pending").dueAsBefore()));
    other.requests().cancel(lease.uuid(), "bob");
    List<String> seen = new ArrayList<>();
    Applied change =
        Store.result(
            holder
                .changes()
                .changeLater(
                    lease,
                    head -> {
                      seen.add(String.valueOf(head.cancelRequestedBy()));
                      return JobChange.to(JobStatus.PROCESSING_INPUTS, "inputs").dueAsBefore();
                    }));
    assertThat(seen).last().isEqualTo("bob");
    assertThat(change.before().cancelRequestedBy()).isEqualTo("bob");
    // A change that says nothing of the job meets it as it is, too.
    other.requests().pause(lease.uuid(), "bob");
    Applied rest =
        Store.result(holder.changes().changeLater(lease, head -> JobChange.NONE.dueAt(null)));
    assertThat(rest.before().pauseRequestedBy()).isEqualTo("bob");
    assertThat(holder.jobs().history(lease.jobId(), 0, 10))
        .extracting(HistoryEvent::sequence)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void changesOfAJobThatIsHeldAreStoredInOrderAndRefusedOnesAreNot() {
    Store holder = engine("");
    insert(holder);
    Lease lease = holder.leases().claim("", 1).get(0).lease();
    CompletableFuture<Applied> first =
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.PENDING, "pending").dueAsBefore());
    CompletableFuture<Applied> wrong =
        holder
            .changes()
            .changeLater(lease, head -> JobChange.to(JobStatus.ARCHIVING, "no").dueAsBefore());
    CompletableFuture<Applied> second =
        holder
            .changes()
            .changeLater(
                lease, head -> JobChange.to(JobStatus.PROCESSING_INPUTS, "inputs").dueAsBefore());
    CompletableFuture<Applied> late =
        holder
            .changes()
            .changeLater(
                new Lease(lease.jobId(), lease.uuid(), lease.fence() - 1, lease.engine()),
                head -> JobChange.to(JobStatus.FAILED, "late"));
    CompletableFuture<Applied> last =
        holder.changes().changeLater(lease, head -> JobChange.to(JobStatus.FAILED, "failed"));
    assertThat(Store.result(last).after().status()).isEqualTo(JobStatus.FAILED);
    assertThat(Store.result(first).after().version()).isEqualTo(1);
    assertThat(Store.result(second).after().version()).isEqualTo(2);
    assertThatThrownBy(() -> Store.result(wrong)).isInstanceOf(IllegalTransitionException.class);
    assertThatThrownBy(() -> Store.result(late)).isInstanceOf(LeaseLostException.class);
    assertThat(holder.jobs().history(lease.jobId(), 0, 10))
        .extracting(HistoryEvent::description)
        .endsWith("pending", "inputs", "failed");
    assertThat(holder.leases().held()).isEmpty();
    assertThat(holder.jobs().load(lease.uuid()).orElseThrow().version()).isEqualTo(3);
  }

  @Test
  void connectionsThatDoNotCommitByThemselvesAreUsedAndGivenBackAsTheyWere() throws Exception {
    DataSource real = source;
    ManualSource manual = new ManualSource(real);
    source = manual.source();
    Store store = engine("");
    source = real;
    Store other = engine("");
    String uuid = insert(store);
    assertThat(uuids(other.leases().claim("", 1))).containsExactly(uuid);
    assertThat(store.jobs().load(uuid).orElseThrow().job().status()).isEqualTo(JobStatus.ACCEPTED);
    other.changes().change(uuid, head -> JobChange.to(JobStatus.PENDING, ""));
    assertThat(store.jobs().load(uuid).orElseThrow().job().status()).isEqualTo(JobStatus.PENDING);
    store.close();
    assertThat(manual.open()).isZero();
    assertThat(manual.givenBack()).containsOnly(ManualSource.FOUND);
  }
}
