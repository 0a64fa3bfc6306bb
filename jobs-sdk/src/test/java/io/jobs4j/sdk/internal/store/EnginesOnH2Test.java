package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What engines do on H2 alone. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TestedDatabase.class, names = "H2_FILE")
class EnginesOnH2Test extends EnginesFixture {
  @Test
  void aTransactionThatTakesLongSetsNoClockBack() throws Exception {
    Database database = Database.of(source, Durability.NONE);
    try (Store store = new Store(database, database.clock())) {
      String one = insert(store);
      String other = insert(store);
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch together = new CountDownLatch(1);
      List<CompletableFuture<?>> changes = new ArrayList<>();
      changes.add(
          store
              .changes()
              .changeLater(
                  one,
                  head -> {
                    begun.countDown();
                    awaitUninterruptibly(together);
                    return JobChange.NONE;
                  }));
      begun.await();
      AtomicReference<Instant> end = new AtomicReference<>();
      changes.add(
          store
              .changes()
              .changeLater(
                  other,
                  head -> {
                    Instant start = database.clock().instant();
                    await().until(() -> database.clock().instant().isAfter(start.plusSeconds(1)));
                    end.set(database.clock().instant());
                    return JobChange.NONE;
                  }));
      // In one transaction with the change before it.
      changes.add(CompletableFuture.supplyAsync(store.cluster()::tend));
      await().until(() -> store.waitingChanges() == 2);
      together.countDown();
      for (CompletableFuture<?> change : changes) {
        Object unused = change.get();
      }
      assertThat(database.clock().instant()).isAfter(end.get().minusMillis(100));
    }
  }
}
