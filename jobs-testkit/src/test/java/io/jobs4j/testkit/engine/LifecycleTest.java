package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.JobPermissionException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.TestSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LifecycleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension
  final JobsExtension jobs =
      JobsExtension.inMemory()
          .systems(
              systems ->
                  systems
                      .app("hello", "echo hello")
                      .app("count", "wc ${text}", List.of(TestSystems.input("text")), List.of()));

  @Test
  void aJobWithInputsAndArchiveGoesThroughEveryState() throws Exception {
    Path input = jobs.testSystems().storage().resolve("corpus/moby dick.txt");
    Files.createDirectories(input.getParent());
    Files.writeString(input, "Call me Ishmael.");
    JobsClient client = jobs.client("acme", "alice");
    SubmittedJob submitted =
        client.submit(
            JobRequest.builder("count", "count-1.0")
                .input("text", "corpus/moby dick.txt")
                .archive(true)
                .build());
    assertThat(submitted.status()).isEqualTo(JobStatus.ACCEPTED);

    Job done = client.await(submitted.id(), PATIENCE);

    assertThat(done.lastStatusMessage()).isEqualTo("Job completed successfully.");
    assertThat(states(client.history(done.id())))
        .containsExactlyElementsOf(
            JobTransitions.longestPath().stream().map(JobStatus::name).toList());
  }

  @Test
  void aJobWithoutInputsAndArchiveTakesTheShortPath() throws Exception {
    JobsClient client = jobs.client("acme", "alice");
    SubmittedJob submitted = client.submit(JobRequest.builder("hello", "hello-1.0").build());
    Job done = client.await(submitted.id(), PATIENCE);
    assertThat(states(client.history(done.id())))
        .containsExactlyElementsOf(
            JobTransitions.longestPath().stream()
                .filter(status -> status != JobStatus.STAGING_INPUTS)
                .filter(status -> status != JobStatus.ARCHIVING)
                .map(JobStatus::name)
                .toList());
  }

  @Test
  void aRunningJobIsStoppedWhenItsSchedulerSaysThatItEnded() throws Exception {
    jobs.scheduler().onSubmit(spec -> RemoteStatus.running(null)).obeysCancel(false);
    JobsClient client = jobs.client("acme", "alice");
    String id = client.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
    await().until(() -> visibleStatus(client, id), JobStatus.RUNNING::equals);
    client.cancel(id);
    await().until(() -> jobs.scheduler().wasCancelled(id));
    assertThat(client.status(id)).isEqualTo(JobStatus.RUNNING);
    jobs.scheduler().move(id, RemoteStatus.exited(143, null, null));
    Job stopped = client.await(id, PATIENCE);
    assertThat(stopped.status()).isEqualTo(JobStatus.STOPPED);
    assertThat(stopped.lastStatusMessage()).isEqualTo("Job cancelled by alice.");
  }

  @Test
  void aQueuedJobIsSeenRunningAndRequeued() throws Exception {
    jobs.scheduler().onSubmit(spec -> RemoteStatus.queued("Priority"));
    JobsClient client = jobs.client("acme", "alice");
    String id = client.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
    await().until(() -> visibleStatus(client, id), JobStatus.QUEUED::equals);
    jobs.scheduler().move(id, RemoteStatus.running(null));
    await().until(() -> client.status(id), JobStatus.RUNNING::equals);
    jobs.scheduler().move(id, RemoteStatus.queued("Requeued"));
    await().until(() -> client.status(id), JobStatus.QUEUED::equals);
    jobs.scheduler().move(id, RemoteStatus.exited(3, null, null));
    Job failed = client.await(id, PATIENCE);
    assertThat(failed.status()).isEqualTo(JobStatus.FAILED);
    assertThat(failed.lastStatusMessage()).contains("exited with code 3");
  }

  @Test
  void othersSeeNothing() throws Exception {
    JobsClient alice = jobs.client("acme", "alice");
    String id = alice.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
    alice.await(id, PATIENCE);
    JobsClient tenant = jobs.client("globex", "alice");
    JobsClient bob = jobs.client("acme", "bob");
    assertThat(tenant.list(JobQuery.all().withHidden())).isEmpty();
    assertThat(bob.list(JobQuery.all().withHidden())).isEmpty();
    List<Function<JobsClient, ThrowingCallable>> calls =
        List.of(
            client -> () -> client.get(id),
            client -> () -> client.status(id),
            client -> () -> client.history(id),
            client -> () -> client.await(id, PATIENCE),
            client -> () -> client.follow(id, PATIENCE, event -> {}),
            client -> () -> client.cancel(id),
            client -> () -> client.hide(id),
            client -> () -> client.unhide(id),
            client -> () -> client.resubmit(id),
            client -> () -> client.outputs(id, ""),
            client -> () -> client.output(id, "hello.txt"));
    for (Function<JobsClient, ThrowingCallable> call : calls) {
      assertThatThrownBy(call.apply(tenant))
          .isInstanceOf(JobNotFoundException.class)
          .hasMessage("No job found with job id " + id + ".");
      assertThatThrownBy(call.apply(bob)).isInstanceOf(JobPermissionException.class);
    }
    assertThat(alice.list(JobQuery.all())).hasSize(1);
  }

  static List<String> states(List<HistoryEvent> history) {
    return history.stream().map(event -> event.status().name()).distinct().toList();
  }

  static JobStatus visibleStatus(JobsClient client, String id) {
    try {
      return client.status(id);
    } catch (JobNotFoundException e) {
      return JobStatus.ACCEPTED;
    }
  }
}
