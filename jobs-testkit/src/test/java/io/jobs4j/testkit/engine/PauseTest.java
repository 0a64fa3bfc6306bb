package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobActionException;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.testkit.HistoryChecker;
import io.jobs4j.testkit.JobsExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pausing jobs, and letting them go on. */
@Timeout(120)
class PauseTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension
  final JobsExtension jobs =
      JobsExtension.inMemory().systems(systems -> systems.app("hello", "echo hello"));

  @Test
  void aRunningJobIsHeldAndReleased() throws Exception {
    JobsClient client = running();
    String id = submit(client);
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
    client.pause(id);
    await().until(() -> client.status(id), JobStatus.PAUSED::equals);
    assertThat(jobs.scheduler().isHeld(id)).isTrue();
    assertThat(client.get(id).lastStatusMessage()).isEqualTo("Job paused by alice.");
    client.pause(id);
    client.resume(id);
    await().until(() -> client.status(id), JobStatus.RUNNING::equals);
    await().until(() -> !jobs.scheduler().isHeld(id));
    client.resume(id);
    jobs.scheduler().move(id, RemoteStatus.exited(0, null, null));
    Job job = client.await(id, PATIENCE);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    assertThat(HistoryChecker.checkEnded(client.history(id)))
        .containsSubsequence(JobStatus.RUNNING, JobStatus.PAUSED, JobStatus.RUNNING);
  }

  @Test
  void aHoldThatComesLateIsUndone() throws Exception {
    JobsClient client = running();
    String id = submit(client);
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);

    jobs.scheduler().setHeld(id, true);
    jobs.clock().advance(Duration.ofMinutes(2));

    await().until(() -> !jobs.scheduler().isHeld(id));
    assertThat(client.status(id)).isEqualTo(JobStatus.RUNNING);
  }

  @Test
  void aReleaseThatComesLateIsUndone() throws Exception {
    JobsClient client = running();
    String id = submit(client);
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
    client.pause(id);
    await().until(() -> client.status(id), JobStatus.PAUSED::equals);
    int entries = client.history(id).size();

    jobs.scheduler().setHeld(id, false);
    jobs.clock().advance(Duration.ofMinutes(2));

    await().until(() -> jobs.scheduler().isHeld(id));
    assertThat(client.status(id)).isEqualTo(JobStatus.PAUSED);
    assertThat(client.history(id)).hasSize(entries);
  }

  @Test
  void aPausedJobCanBeCancelled() throws Exception {
    JobsClient client = running();
    String id = submit(client);
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
    client.pause(id);
    await().until(() -> client.status(id), JobStatus.PAUSED::equals);
    client.cancel(id);
    assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.STOPPED);
    HistoryChecker.checkEnded(client.history(id));
    assertThatThrownBy(() -> client.pause(id))
        .isInstanceOf(JobActionException.class)
        .hasMessage("Job %s is in a Terminal state and can't be paused.", id);
    assertThatThrownBy(() -> client.resume(id)).isInstanceOf(JobActionException.class);
  }

  @Test
  void aJobThatEndedWhileItWasPausedIsFoundToHaveEnded() throws Exception {
    JobsClient client = running();
    String id = submit(client);
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.RUNNING::equals);
    client.pause(id);
    await().until(() -> client.status(id), JobStatus.PAUSED::equals);
    jobs.scheduler().move(id, RemoteStatus.exited(0, null, null));
    client.resume(id);
    assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.FINISHED);
  }

  private JobsClient running() {
    jobs.scheduler().onSubmit(spec -> RemoteStatus.running(null));
    return jobs.client("acme", "alice");
  }

  private static String submit(JobsClient client) {
    return client.submit(JobRequest.builder("hello", "hello-1.0").build()).id();
  }
}
