package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.sql.Dialect;
import io.jobs4j.sdk.internal.sql.Migrator;
import io.jobs4j.sdk.internal.sql.Names;
import io.jobs4j.sdk.internal.sql.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines that leave, die, come back and have names. */
@ParameterizedClass(name = "{0}")
@EnumSource(
    value = TestedDatabase.class,
    names = {"H2_FILE", "POSTGRESQL"})
class ClusterTest extends EnginesFixture {
  @Test
  void whatADeadEngineWasLookingAtIsLookedAtByTheNext() {
    Store dead = engine("node");
    Store other = engine("other");
    String job = insert(dead);
    Blockage blockage =
        new Blockage(
            "acme",
            RecoveryCondition.SSH_CONNECTION_FAILURE,
            "system",
            RecoveryPolicy.constant(LEASE, 0, null));
    dead.changes()
        .change(
            job, head -> JobChange.to(JobStatus.PENDING, "").then(JobStatus.PROCESSING_INPUTS, ""));
    dead.changes().change(job, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage));
    assertThat(dead.recoveries().hastenAll()).isEqualTo(1);
    assertThat(dead.recoveries().takeDue(LEASE, 10)).hasSize(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();
    Store next = engine("node");
    assertThat(next.recoveries().takeDue(LEASE, 10)).hasSize(1);
    assertThat(other.recoveries().takeDue(LEASE, 10)).isEmpty();
  }

  @Test
  void anEngineThatStoppedWhileItMadeTheTablesKeepsNobodyWaitingForEver() throws Exception {
    Jdbi jdbi = Names.DEFAULT.on(Jdbi.create(source));
    Dialect dialect = jdbi.withHandle(handle -> Dialect.of(handle.getConnection().getMetaData()));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(
            () ->
                dialect.changeSchema(
                    jdbi,
                    handle -> {
                      begun.countDown();
                      awaitUninterruptibly(goOn);
                    }));
    begun.await();
    try {
      Migrator migrator =
          new Migrator(
              jdbi, dialect, Names.DEFAULT, true, Script.of(dialect), Duration.ofMillis(50));
      assertThatThrownBy(migrator::migrate)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("another engine is making them");
      CompletableFuture<Store> waiting = CompletableFuture.supplyAsync(() -> engine(""));
      assertThat(waiting).isNotDone();
      goOn.countDown();
      assertThat(insert(waiting.get())).isNotEmpty();
    } finally {
      goOn.countDown();
      stopped.get();
    }
  }

  @Test
  void anEngineThatLeavesGivesItsJobsBack() {
    Store leaving = engine("");
    Store other = engine("");
    String working = insert(leaving);
    String watched = insert(leaving);
    Lease first = leaving.leases().claim("", 1).get(0).lease();
    assertThat(first.uuid()).isEqualTo(working);
    watch(leaving, watched);
    assertThat(other.leases().claim("", 10)).isEmpty();
    assertThat(other.leases().adopt(10)).isEmpty();
    leaving.close();
    assertThat(uuids(other.leases().claim("", 10))).containsExactly(working);
    assertThat(uuids(other.leases().adopt(10))).containsExactly(watched);
  }

  @Test
  void anEngineWhoseNameWasTakenTakesItFromNobody() {
    Store first = engine("web-1");
    Store second = engine("web-1");
    for (int i = 0; i < 5; i++) {
      first.cluster().tend();
      second.cluster().tend();
    }
    assertThat(losses).as("the one whose name the other took when it started").hasValue(1);
    assertThat(first.cluster().others()).isEqualTo(1);
    assertThat(second.cluster().others()).isEqualTo(1);
    // Who has it takes it over from itself at the next start, and nothing from the other.
    String kept = insert(first);
    assertThat(uuids(first.leases().claim("", 1))).containsExactly(kept);
    Store third = engine("web-1");
    second.cluster().tend();
    assertThat(losses).hasValue(2);
    assertThat(third.leases().claim("", 1)).isEmpty();
    third.cluster().tend();
    assertThat(third.cluster().others()).isEqualTo(2);
  }

  @Test
  void anEngineThatComesBackKeepsItsNameIfNobodyElseHasIt() {
    Store first = engine("web-1");
    Store other = engine("web-2");
    String mine = insert(first);
    expire();
    other.cluster().tend();
    first.cluster().tend();
    assertThat(losses).hasValue(1);
    assertThat(uuids(first.leases().claim("", 1))).containsExactly(mine);
    // So that an engine that is started in its place has its jobs at once.
    Store next = engine("web-1");
    assertThat(uuids(next.leases().claim("", 1))).containsExactly(mine);
  }

  @Test
  void theJobsOfADeadEngineAreTakenAndItWritesNothingMore() {
    Store paused = engine("");
    Store other = engine("");
    String working = insert(paused);
    String watched = insert(paused);
    Lease workingLease = paused.leases().claim("", 1).get(0).lease();
    Lease watchedLease = watch(paused, watched);
    assertThat(other.cluster().tend()).isZero();
    assertThat(other.cluster().others()).isEqualTo(1);
    expire();
    other.cluster().tend();
    List<LeasedJob> taken = other.leases().claim("", 10);
    List<LeasedJob> adopted = other.leases().adopt(10);
    assertThat(uuids(taken)).containsExactly(working);
    assertThat(uuids(adopted)).containsExactly(watched);
    Object before = tables();
    for (Lease lease : List.of(workingLease, watchedLease)) {
      assertThatThrownBy(
              () ->
                  Store.result(
                      paused
                          .changes()
                          .changeLater(lease, head -> JobChange.to(JobStatus.FAILED, "late"))))
          .isInstanceOf(LeaseLostException.class);
    }
    assertThat(losses).hasValue(1);
    assertThat(Store.result(paused.leases().release(List.of(workingLease)))).isZero();
    assertThat(paused.leases().held()).isEmpty();
    assertThat(tables()).isEqualTo(before);
    // It has come back as another engine and takes part again.
    String later = insert(paused);
    assertThat(uuids(paused.leases().claim("", 10))).containsExactly(later);
    Store.result(
        other
            .changes()
            .changeLater(
                taken.get(0).lease(), head -> JobChange.to(JobStatus.PENDING, "").dueAsBefore()));
  }

  @Test
  void anEngineTakesUpTheJobsOfAFormerOneOfItsNode() {
    Store former = engine("here");
    String job = insert(former);
    assertThat(uuids(former.leases().claim("", 1))).containsExactly(job);
    Store elsewhere = engine("there");
    assertThat(elsewhere.leases().claim("", 1)).isEmpty();
    Store next = engine("here");
    assertThat(uuids(next.leases().claim("", 1))).containsExactly(job);
  }

  @Test
  void anEngineKnowsOnlyOfItsOwnLeases() {
    Store one = engine("");
    Store other = engine("");
    insert(one);
    insert(one);
    Lease mine = one.leases().claim("", 1).get(0).lease();
    Lease theirs = other.leases().claim("", 1).get(0).lease();
    assertThat(one.leases().held()).containsExactly(mine);
    assertThat(other.leases().held()).containsExactly(theirs);
    assertThat(Store.result(one.leases().release(List.of(theirs)))).isZero();
  }
}
