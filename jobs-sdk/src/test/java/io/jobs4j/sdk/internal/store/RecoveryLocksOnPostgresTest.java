package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** In which order engines lock what blocked jobs wait for. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = TestedDatabase.class, names = "POSTGRESQL")
class RecoveryLocksOnPostgresTest extends RecoveryFixture {
  @Test
  void whatJobsOfOneGroupWaitForIsLockedInTheOrderOfAllEngines() throws Exception {
    List<Blockage> ordered =
        Stream.of("one", "two")
            .map(
                system ->
                    new Blockage("acme", RecoveryCondition.TRANSMISSION_FAILURE, system, POLICY))
            .sorted(Comparator.comparing(Blockage::id))
            .toList();
    List<Applied> changes = new ArrayList<>();
    for (Blockage blockage : List.of(ordered.get(1), ordered.get(0))) {
      String uuid = inState(JobStatus.PENDING);
      JobChange change = JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage);
      JobHead head = store.changes().change(uuid, stored -> JobChange.NONE.dueAsBefore());
      changes.add(Applied.of(head, change, Stored.START));
      store.changes().change(uuid, stored -> change);
    }

    try (Handle other = database.jdbi().open();
        Handle own = database.jdbi().open()) {
      int pid = own.createQuery("SELECT pg_backend_pid()").mapTo(Integer.class).one();
      other.begin();
      lock(other, ordered.get(0), "");
      FutureTask<Void> group =
          new FutureTask<>(
              () -> {
                own.begin();
                EngineSession session =
                    new EngineSession(own, database.dialect(), database.names());
                RecoveryChanges.store(session, changes, List.of(), Stored.START);
                session.flush();
                own.commit();
                return null;
              });
      Thread thread = new Thread(group);
      thread.start();
      await()
          .until(
              () ->
                  other
                      .createQuery("SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pid = :pid")
                      .bind("pid", pid)
                      .mapTo(Integer.class)
                      .one(),
              waits -> waits > 0);
      // Another engine gets past.
      lock(other, ordered.get(1), " NOWAIT");
      other.commit();
      group.get(60, TimeUnit.SECONDS);
      thread.join();
    }
  }

  private static void lock(Handle handle, Blockage blockage, String wait) {
    assertThat(
            handle
                .createQuery("SELECT id FROM jobs4j_recovery WHERE id = :id FOR UPDATE" + wait)
                .bind("id", blockage.id())
                .mapTo(String.class)
                .list())
        .hasSize(1);
  }
}
