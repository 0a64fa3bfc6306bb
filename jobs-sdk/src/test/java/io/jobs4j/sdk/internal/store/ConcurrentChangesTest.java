package io.jobs4j.sdk.internal.store;

import static io.jobs4j.core.lifecycle.JobStatus.ACCEPTED;
import static io.jobs4j.core.lifecycle.JobStatus.BLOCKED;
import static io.jobs4j.core.lifecycle.JobStatus.PAUSED;
import static io.jobs4j.core.lifecycle.JobStatus.PENDING;
import static io.jobs4j.core.lifecycle.JobStatus.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.IllegalTransitionException;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.StoredJob;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many who change jobs at once, and those who come while the store closes. */
@ParameterizedClass(name = "{0}")
@EnumSource(TestedDatabase.class)
class ConcurrentChangesTest extends StoreFixture {
  private static final long SEED = 41;

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
  private void checkAfterClose(Map<String, Boolean> answers) {
    if (on != TestedDatabase.H2_FILE) {
      return;
    }
    try (Store again = new Store(open(), Clock.systemUTC())) {
      answers.forEach(
          (uuid, stored) ->
              assertThat(again.jobs().load(uuid).isPresent()).as(uuid).isEqualTo(stored));
    }
  }

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
