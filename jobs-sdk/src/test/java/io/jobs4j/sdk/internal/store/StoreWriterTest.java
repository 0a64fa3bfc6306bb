package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.Membership;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.sql.FailingSource;
import io.jobs4j.sdk.internal.sql.FailingSource.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StoreWriterTest {
  private static final long SEED = 7;
  private static final Duration LEASE = Duration.ofMinutes(30);

  @TempDir Path directory;

  /** A clock that nobody sets, by as much. */
  private final AtomicLong ahead = new AtomicLong();

  private final MovedClock hostClock = new MovedClock(Stored.START);
  private final AtomicInteger losses = new AtomicInteger();
  private FailingSource source;
  private Database database;
  private Membership membership;
  private StoreWriter writer;

  @BeforeEach
  void open() throws Exception {
    source = new FailingSource(TestedDatabase.h2(directory, ""));
    database = Database.of(source.source(), Durability.POWER);
    database.jdbi().useHandle(handle -> handle.execute("CREATE TABLE mark (name INTEGER)"));
    writer = writer(Duration.ZERO);
  }

  private StoreWriter writer(Duration patience) {
    membership =
        new Membership(
            database.dialect(),
            "",
            LEASE,
            Leases::giveBack,
            () -> System.nanoTime() + ahead.get(),
            () -> hostClock.instant());
    JobApplier applier =
        new JobApplier(
            database.dialect(),
            () -> Stored.START,
            membership::id,
            new JobCache(),
            new QuotaTable());
    return new StoreWriter(
        database, membership, applier, patience, losses::incrementAndGet, StoreObserver.NONE);
  }

  @AfterEach
  void close() {
    source.fault = Fault.NONE;
    writer.close();
    database.close();
  }

  @Test
  void aRefusedCommitIsToldAndChangesNothing() {
    source.fault = Fault.REFUSED;
    assertThatThrownBy(() -> writer.write(mark(1)))
        .isInstanceOf(StoreException.class)
        .hasMessage("The database could not store a change: it does not answer.")
        .hasRootCauseMessage("the commit went wrong");
    source.fault = Fault.NONE;
    assertThat(marks()).isEmpty();
    writer.write(mark(2));
    assertThat(marks()).containsExactly(2);
  }

  @Test
  void aCommitWhoseAnswerIsLostIsFoundToHaveBeenMade() {
    source.fault = Fault.ANSWER_LOST;
    assertThat(writer.write(mark(1))).isEqualTo(1);
    source.fault = Fault.NONE;
    assertThat(marks()).containsExactly(1);
  }

  @Test
  void aRenewalThatWasNotCommittedProlongsNoLease() {
    pass(Duration.ofMinutes(20));
    source.fault = Fault.REFUSED;
    assertThatThrownBy(() -> writer.write(mark(1))).isInstanceOf(StoreException.class);
    assertThat(membership.isHeld()).isTrue();
    pass(Duration.ofMinutes(6));
    assertThat(membership.isHeld()).as("25 minutes after the renewal before").isFalse();
    source.fault = Fault.NONE;
    writer.write(mark(2));
    assertThat(membership.isHeld()).isTrue();
  }

  @Test
  void aRenewalWhoseChangeIsUndoneProlongsNoLease() {
    pass(Duration.ofMinutes(20));
    assertThatThrownBy(
            () ->
                writer.write(
                    session -> {
                      throw new ArithmeticException("undone");
                    }))
        .isInstanceOf(StoreException.class);
    pass(Duration.ofMinutes(6));
    assertThat(membership.isHeld()).isFalse();
  }

  @Test
  void aRenewalThatIsFoundToHaveBeenCommittedProlongsTheLeaseFromWhenItBegan() {
    pass(Duration.ofMinutes(20));
    source.fault = Fault.ANSWER_LOST;
    writer.write(mark(1));
    source.fault = Fault.NONE;
    pass(Duration.ofMinutes(24));
    assertThat(membership.isHeld()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(membership.isHeld()).isFalse();
  }

  @Test
  void anEngineThatComesBackHoldsNothingUntilThatIsCommitted() {
    database.jdbi().useHandle(handle -> handle.execute("DELETE FROM jobs4j_engine"));
    source.fault = Fault.REFUSED;
    assertThatThrownBy(() -> writer.write(mark(1))).isInstanceOf(StoreException.class);
    assertThat(membership.isHeld()).isFalse();
    source.fault = Fault.NONE;
    writer.write(mark(2));
    assertThat(membership.isHeld()).isTrue();
  }

  @Test
  void aSuspendedHostHoldsNoLeaseLongerThanItsClockSays() {
    String id = membership.id();
    assertThat(membership.isHeld()).isTrue();
    hostClock.move(Duration.ofMinutes(26));
    assertThat(membership.isHeld()).isFalse();
    // Or its clock was set forward: then the next transaction finds the lease as it was.
    writer.write(mark(1));
    assertThat(membership.isHeld()).isTrue();
    assertThat(membership.id()).isEqualTo(id);
    assertThat(losses).hasValue(0);
  }

  @Test
  void aClockThatIsSetProlongsNoLeaseAndASmallStepHarmsNone() {
    hostClock.move(Duration.ofMinutes(1));
    assertThat(membership.isHeld()).isTrue();
    hostClock.move(Duration.ofDays(-1));
    assertThat(membership.isHeld()).isTrue();
    ahead.addAndGet(Duration.ofMinutes(26).toNanos());
    assertThat(membership.isHeld()).isFalse();
  }

  @Test
  void anEngineThatLeavesHoldsNothing() {
    writer.close();
    assertThat(membership.isHeld()).isFalse();
  }

  private void pass(Duration time) {
    ahead.addAndGet(time.toNanos());
    hostClock.move(time);
  }

  @Test
  void aGroupWhoseCommitGoesWrongIsMadeOnceOrNotAtAll() throws Exception {
    for (CompletableFuture<Integer> change :
        group(Fault.REFUSED, IntStream.range(0, 100).toArray())) {
      assertThatThrownBy(() -> StoreWriter.result(change)).isInstanceOf(StoreException.class);
    }
    source.fault = Fault.NONE;
    assertThat(marks()).isEmpty();
    for (CompletableFuture<Integer> change :
        group(Fault.ANSWER_LOST, IntStream.range(0, 100).toArray())) {
      assertThat(StoreWriter.result(change)).isBetween(0, 99);
    }
    source.fault = Fault.NONE;
    assertThat(marks()).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void whoDoesNotKnowWhatBecameOfACommitIsToldSo() {
    source.fault = Fault.ANSWER_LOST_THEN_UNREACHABLE;
    assertThatThrownBy(() -> writer.write(mark(1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("whether it was made is not known");
    source.fault = Fault.NONE;
    assertThat(marks()).containsExactly(1);
    assertThat(writer.write(mark(2))).isEqualTo(2);
  }

  @Test
  void aDatabaseThatWentAwayIsWaitedFor() throws Exception {
    writer.close();
    writer = writer(Duration.ofMinutes(2));
    for (Fault fault : List.of(Fault.UNREACHABLE, Fault.ANSWER_LOST_THEN_UNREACHABLE)) {
      source.fault = fault;
      int tried = source.connections.get();
      List<CompletableFuture<Integer>> changes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        changes.add(writer.submit(mark(i)));
      }
      await().until(() -> source.connections.get() > tried + 1);
      assertThat(changes).noneMatch(CompletableFuture::isDone);
      source.fault = Fault.NONE;
      for (CompletableFuture<Integer> change : changes) {
        change.get();
      }
      assertThat(marks()).hasSize(50).doesNotHaveDuplicates();
      database.jdbi().useHandle(handle -> handle.execute("DELETE FROM mark"));
    }
  }

  @Test
  void anUnreachableDatabaseIsNotTriedAgainForEachChangeOfAGroup() throws Exception {
    List<CompletableFuture<Integer>> group =
        group(Fault.UNREACHABLE, IntStream.range(0, 100).toArray());
    int before = source.connections.get();
    for (CompletableFuture<Integer> change : group) {
      assertThatThrownBy(() -> StoreWriter.result(change)).isInstanceOf(StoreException.class);
    }
    assertThat(source.connections.get() - before).isLessThanOrEqualTo(1);
    source.fault = Fault.NONE;
    assertThat(marks()).isEmpty();
    writer.write(mark(5));
    assertThat(marks()).containsExactly(5);
  }

  @Test
  void aChangeThatThrowsWhileTheDatabaseGoesAwayStillGetsAllAnswered() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Integer> first = waitFor(waiting);
    List<CompletableFuture<Integer>> rest = new ArrayList<>();
    rest.add(
        writer.submit(
            session -> {
              source.fault = Fault.UNREACHABLE;
              throw new ArithmeticException("first");
            }));
    for (int i = 0; i < 50; i++) {
      rest.add(writer.submit(mark(i)));
    }
    waiting.countDown();
    first.get();
    for (CompletableFuture<Integer> change : rest) {
      assertThatThrownBy(() -> StoreWriter.result(change)).isInstanceOf(StoreException.class);
    }
    source.fault = Fault.NONE;
    assertThat(marks()).isEmpty();
  }

  @Test
  void whatCallersAreToldIsTrueWhateverCommitsGoWrong() {
    Random random = new Random(SEED);
    Fault[] faults = {Fault.NONE, Fault.NONE, Fault.REFUSED, Fault.ANSWER_LOST};
    Map<Integer, Fault> told = new LinkedHashMap<>();
    for (int i = 0; i < 200; i++) {
      Fault fault = faults[random.nextInt(faults.length)];
      source.fault = fault;
      told.put(i, fault);
      if (fault != Fault.REFUSED) {
        assertThat(writer.write(mark(i))).isEqualTo(i);
      } else {
        int name = i;
        assertThatThrownBy(() -> writer.write(mark(name))).isInstanceOf(StoreException.class);
      }
    }
    source.fault = Fault.NONE;
    told.values().removeIf(fault -> fault == Fault.REFUSED);
    assertThat(marks()).as("seed %s", SEED).containsExactlyElementsOf(told.keySet());
  }

  @Test
  void anErrorOfAChangeDoesNotEndTheWriter() {
    assertThatThrownBy(
            () ->
                writer.write(
                    session -> {
                      throw new StackOverflowError("deep");
                    }))
        .isInstanceOf(StoreException.class);
    assertThat(writer.write(mark(1))).isEqualTo(1);
  }

  @Test
  void aCallerThatThrowsWhenToldHarmsNobody() throws Exception {
    CompletableFuture<Integer> change = writer.submit(mark(1));
    CompletableFuture<Object> after =
        change.thenApply(
            name -> {
              throw new ArithmeticException("caller");
            });
    assertThatThrownBy(after::get).hasRootCauseMessage("caller");
    assertThat(writer.write(mark(2))).isEqualTo(2);
  }

  @Test
  void closingFinishesWhatWaitsAndClosingAgainDoesNothing() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Integer> first = waitFor(waiting);
    List<CompletableFuture<Integer>> rest = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      rest.add(writer.submit(mark(i)));
    }
    Thread closer = new Thread(writer::close);
    closer.start();
    waiting.countDown();
    closer.join();
    first.get();
    for (CompletableFuture<Integer> change : rest) {
      assertThat(change).isCompleted();
    }
    writer.close();
    assertThat(marks()).hasSize(1500);
    assertThatThrownBy(() -> writer.write(mark(1)))
        .isInstanceOf(StoreException.class)
        .hasMessage("The engine is closed.");
  }

  @Test
  void anEngineThatWasDeclaredDeadKnowsThoughTheAnswerToItsReturnIsLost() {
    database.jdbi().useHandle(handle -> handle.execute("DELETE FROM jobs4j_engine"));
    source.fault = Fault.ANSWER_LOST;
    assertThatThrownBy(() -> writer.write(mark(1))).isInstanceOf(StoreException.class);
    source.fault = Fault.NONE;
    assertThat(writer.write(mark(2))).isEqualTo(2);
    assertThat(losses).hasValue(1);
    assertThat(marks()).containsExactly(2);
    database.jdbi().useHandle(handle -> handle.execute("DELETE FROM jobs4j_engine"));
    assertThat(writer.write(mark(3))).isEqualTo(3);
    assertThat(losses).hasValue(2);
  }

  @Test
  void whoeverComesWhileTheWriterClosesIsRefusedAlone() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Integer> first = waitFor(waiting);
    List<CompletableFuture<Integer>> before = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      before.add(writer.submit(mark(i)));
    }
    Thread closer = new Thread(writer::close);
    closer.start();
    await().until(() -> closer.getState() == Thread.State.TIMED_WAITING);
    assertThatThrownBy(() -> writer.write(mark(99)))
        .isInstanceOf(StoreException.class)
        .hasMessage("The engine is closed.");
    assertThat(before).noneMatch(CompletableFuture::isDone);
    waiting.countDown();
    closer.join();
    first.get();
    for (CompletableFuture<Integer> change : before) {
      assertThat(change).isCompleted();
    }
    assertThat(marks()).hasSize(20).doesNotContain(99);
  }

  /** Changes that come to the writer together, which then meets {@code fault}. */
  private List<CompletableFuture<Integer>> group(Fault fault, int... names) throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Integer> first = waitFor(waiting);
    List<CompletableFuture<Integer>> group = new ArrayList<>();
    for (int name : names) {
      group.add(writer.submit(mark(name)));
    }
    CountDownLatch set = new CountDownLatch(1);
    CompletableFuture<Void> after =
        first.thenAccept(
            done -> {
              // On the writer's thread, between two groups.
              source.fault = fault;
              set.countDown();
            });
    waiting.countDown();
    after.get();
    set.await();
    return group;
  }

  private CompletableFuture<Integer> waitFor(CountDownLatch latch) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Integer> first =
        writer.submit(
            session -> {
              begun.countDown();
              try {
                latch.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return 0;
            });
    begun.await();
    return first;
  }

  private static Write.Change<Integer> mark(int name) {
    return session -> {
      session.handle().execute("INSERT INTO mark (name) VALUES (?)", name);
      return name;
    };
  }

  private List<Integer> marks() {
    return database
        .jdbi()
        .withHandle(
            handle -> handle.createQuery("SELECT name FROM mark").mapTo(Integer.class).list());
  }
}
