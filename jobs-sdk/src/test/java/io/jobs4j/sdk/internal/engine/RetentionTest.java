package io.jobs4j.sdk.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.sql.Database;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RetentionTest {
  private static final int JOBS = 3500;
  private static final Duration KEPT = Duration.ofDays(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2030-01-02T03:04:05Z"));
  private final InstantSource moved = now::get;
  private final Clock clock = moved.withZone(ZoneOffset.UTC);

  @Test
  void allThatAreDueAreDeletedInOneGoAndNoOthers() {
    try (Store store = new Store(Database.inMemory(), clock)) {
      List<String> old = insert(store, JOBS);
      end(store, old);
      now.set(now.get().plus(KEPT).plusSeconds(1));
      List<String> young = insert(store, 10);
      end(store, young);
      try (Retention retention =
          new Retention(store.ended(), store.clock(), KEPT, Duration.ofDays(1))) {
        retention.start();
        await().until(() -> store.jobs().load(old).isEmpty());
      }
      assertThat(store.jobs().load(young)).hasSize(10);
    }
  }

  private List<String> insert(Store store, int count) {
    List<String> uuids = new ArrayList<>();
    List<CompletableFuture<Lease>> stored = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Job job = Samples.job(store, UUID.randomUUID().toString(), "system");
      uuids.add(job.id());
      stored.add(store.jobs().insertLater(job, "{}", "", false));
    }
    stored.forEach(Store::result);
    return uuids;
  }

  private static void end(Store store, List<String> uuids) {
    List<CompletableFuture<JobHead>> ended =
        uuids.stream()
            .map(
                uuid ->
                    store.changes().changeLater(uuid, head -> JobChange.to(JobStatus.FAILED, "")))
            .toList();
    ended.forEach(Store::result);
  }
}
