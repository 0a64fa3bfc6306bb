package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.testkit.JobsExtension;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.SettableClock;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose storage system is a mount point with nothing mounted for a while. */
@Timeout(120)
class UnmountedStorageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLICY = Duration.ofMinutes(30);

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final SettableClock clock = new SettableClock(JobsExtension.START);
  private TestSystems systems;
  private Path away;

  @BeforeEach
  void define() throws IOException {
    systems =
        TestSystems.in(directory)
            .app("hello", "cat", List.of(TestSystems.input("text")), List.of());
    Files.writeString(systems.storage().resolve("input.txt"), "text");
    away = directory.resolve("away");
    scheduler.onSubmit(spec -> RemoteStatus.exited(0, null, null));
  }

  @Test
  void anInputThatCannotBeSeenIsWaitedFor() throws Exception {
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      assertFinished(client, submit(client, false));

      unmount();
      String id = submit(client, false);
      awaitBlocked(client, id);

      mount();
      clock.advance(POLICY);
      assertFinished(client, id);
    }
  }

  @Test
  void nothingIsArchivedIntoABareMountPoint() throws Exception {
    scheduler.onSubmit(
        spec -> {
          try {
            Files.writeString(Path.of(spec.attempt().workPath()).resolve("out.txt"), "done");
            unmount();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      String id = submit(client, true);
      awaitBlocked(client, id);

      mount();
      clock.advance(POLICY);
      Job job = assertFinished(client, id);
      assertThat(Path.of(systems.storage() + "/" + job.archivePath(), "out.txt"))
          .hasContent("done");
    }
  }

  private void awaitBlocked(JobsClient client, String id) {
    await().until(() -> LifecycleTest.visibleStatus(client, id), JobStatus.BLOCKED::equals);
    assertThat(client.get(id).lastStatusMessage()).contains(systems.storage().toString());
    assertThat(systems.storage()).isEmptyDirectory();
  }

  private static Job assertFinished(JobsClient client, String id) throws Exception {
    Job job = client.await(id, PATIENCE);
    assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
    return job;
  }

  private static String submit(JobsClient client, boolean archive) {
    return client
        .submit(
            JobRequest.builder("hello", "hello-1.0")
                .input("text", "input.txt")
                .archive(archive)
                .build())
        .id();
  }

  /** What shows then is the directory below. */
  private void unmount() throws IOException {
    Files.move(systems.storage(), away);
    Files.createDirectory(systems.storage());
  }

  private void mount() throws IOException {
    Files.delete(systems.storage());
    Files.move(away, systems.storage());
  }

  private JobsEngine start() {
    JobsEngine engine =
        JobsEngine.builder()
            .inMemory()
            .catalog(systems.catalog())
            .clock(clock)
            .adapter(scheduler)
            .adapter(new NoCommands())
            .start();
    clock.onMove(engine::wake);
    return engine;
  }
}
