package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.Durability;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.JobsEngineBuilder;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever has submitted a job finds it, though no worker has looked at it yet. */
@Timeout(120)
class JustSubmittedTest {
  private static final Caller ALICE = Caller.of("acme", "alice");
  private static final JobRequest HELLO = JobRequest.builder("hello", "hello-1.0").build();

  @TempDir Path directory;
  private final JdbcDataSource database = new JdbcDataSource();
  private final List<Thread> threads = new ArrayList<>();
  private final List<FutureTask<Void>> calls = new ArrayList<>();

  @Test
  void callsWaitUntilTheJobCanBeSeen() throws Exception {
    try (JobsEngine front = builder().workers(0).start()) {
      JobsClient client = front.client(ALICE);
      call(client, client::get);
      call(client, client::status);
      call(client, client::history);
      call(client, client::pause);
      call(client, client::resume);
      call(client, client::cancel);
      call(client, id -> client.list(JobQuery.all().withAfter(id)));
      for (Thread thread : threads) {
        await().until(() -> waitsForAChange(thread));
      }
      try (JobsEngine worker = builder().start()) {
        worker.wake();
        for (FutureTask<Void> call : calls) {
          call.get();
        }
      }
    }
  }

  /** Command lines of this field refuse other ids. */
  @Test
  void itsIdIsAUuidWithTheMarkOfAJob() {
    try (JobsEngine front = builder().workers(0).start()) {
      JobsClient alice = front.client(ALICE);
      String first = alice.submit(HELLO).id();
      assertThat(first).endsWith("-007");
      assertThat(UUID.fromString(first.substring(0, first.length() - 4)).version()).isEqualTo(4);
      assertThat(alice.submit(HELLO).id()).isNotEqualTo(first);
    }
  }

  @Test
  void whoeverMayNotSeeTheJobDoesNotWait() {
    try (JobsEngine front = builder().workers(0).start()) {
      JobsClient alice = front.client(ALICE);
      String id = alice.submit(HELLO).id();
      // With a wait each these would take longer than the test may.
      for (int i = 0; i < 100; i++) {
        for (String unknown : List.of("abc\0", "", "\uD83D", UUID.randomUUID().toString())) {
          assertThatThrownBy(() -> alice.get(unknown)).isInstanceOf(JobNotFoundException.class);
        }
        assertThatThrownBy(() -> front.client(Caller.of("acme", "bob")).get(id))
            .isInstanceOf(JobNotFoundException.class);
        assertThatThrownBy(() -> front.client(Caller.of("globex", "alice")).get(id))
            .isInstanceOf(JobNotFoundException.class);
      }
    }
  }

  @Test
  void anInterruptEndsTheWait() {
    try (JobsEngine front = builder().workers(0).start()) {
      JobsClient alice = front.client(ALICE);
      String id = alice.submit(HELLO).id();
      for (int i = 0; i < 100; i++) {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> alice.get(id)).isInstanceOf(JobNotFoundException.class);
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @Test
  void aJobThatNobodyTakesUpIsNotFoundAfterAWhile() {
    try (JobsEngine front = builder().workers(0).start()) {
      JobsClient alice = front.client(ALICE);
      String id = alice.submit(HELLO).id();
      assertThatThrownBy(() -> alice.get(id)).isInstanceOf(JobNotFoundException.class);
      assertThat(alice.list(JobQuery.all())).isEmpty();
    }
  }

  /** Looks a job of its own up, in a thread of its own. */
  private void call(JobsClient client, Consumer<String> lookup) {
    String id = client.submit(HELLO).id();
    FutureTask<Void> call = new FutureTask<>(() -> lookup.accept(id), null);
    Thread thread = new Thread(call, "lookup " + calls.size());
    calls.add(call);
    threads.add(thread);
    thread.start();
  }

  private static boolean waitsForAChange(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("awaitChange"));
  }

  private JobsEngineBuilder builder() {
    if (database.getURL() == null || database.getURL().isEmpty()) {
      database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    }
    return JobsEngine.builder()
        .dataSource(database)
        .durability(Durability.NONE)
        .catalog(TestSystems.in(directory).app("hello", "echo hello").catalog())
        .adapter(new ScriptedScheduler().onSubmit(spec -> RemoteStatus.running(null)))
        .adapter(new NoCommands());
  }
}
