package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Archiving that is cancelled, disturbed or done again by another lease. */
class ArchivingAgainTest extends OutputFixture {
  @Test
  void aCancelIsHeededBetweenRoundsOfCopying() throws Exception {
    AtomicInteger written = new AtomicInteger();
    CountDownLatch fourth = new CountDownLatch(1);
    watched.onWrite(
        file -> {
          if (file.endsWith("out.bin")) {
            extend(file, 3);
            if (written.incrementAndGet() == 4) {
              fourth.countDown();
            }
          }
        });
    AtomicReference<Path> work = new AtomicReference<>();
    scheduler.onSubmit(
        spec -> {
          work.set(Path.of(spec.attempt().workPath()));
          put(work.get().resolve("out.bin"), "content");
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      String id =
          client.submit(JobRequest.builder("hello", "hello-1.0").archive(true).build()).id();
      assertThat(fourth.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      client.cancel(id);

      assertThat(client.await(id, PATIENCE).status()).isEqualTo(JobStatus.STOPPED);
    }
    assertThat(written).hasValue(4);
    assertThat(work.get().resolve("out.bin")).hasContent("content");
  }

  @Test
  void temporaryFilesOfEarlierLeasesAreDeletedAndOthersAreNot() throws Exception {
    String[] foreign = new String[1];

    Finished done =
        run(
            null,
            (id, work) -> {
              Path archive = archive(id);
              put(archive.resolve("sub/" + temporary(id + ".0")), "left by a dead engine");
              put(archive.resolve(temporary(id + ".0")), "left by a dead engine");
              foreign[0] = temporary("another-job.0");
              put(archive.resolve(foreign[0]), "of another job");
              put(archive.resolve("out.txt"), "of another job, with this name");
              put(work.resolve("out.txt"), "out");
              put(work.resolve("sub/out.txt"), "out");
            });

    assertThat(done.archive()).containsOnlyKeys("out.txt", "sub/out.txt", foreign[0]);
    assertThat(done.archive()).containsEntry("out.txt", "out");
  }

  @Test
  void requestsThatChangeNothingDoNotDisturb() throws Exception {
    List<Path> listed = Collections.synchronizedList(new ArrayList<>());
    AtomicReference<Consumer<String>> user = new AtomicReference<>(id -> {});
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      AtomicReference<String> running = new AtomicReference<>();
      scheduler.onSubmit(
          spec -> {
            String key = spec.attempt().key();
            running.set(key.substring(0, key.lastIndexOf('-')));
            put(Path.of(spec.attempt().workPath()).resolve("a"), "a");
            put(Path.of(spec.attempt().workPath()).resolve("b"), "b");
            return RemoteStatus.exited(0, null, null);
          });
      watched.onList(listed::add);
      watched.onWrite(
          file -> {
            if (file.startsWith(storage)) {
              user.get().accept(running.get());
            }
          });
      JobRequest request = JobRequest.builder("hello", "hello-1.0").archive(true).build();
      assertThat(client.await(client.submit(request).id(), PATIENCE).status())
          .isEqualTo(JobStatus.FINISHED);
      int undisturbed = listed.size();
      listed.clear();

      user.set(client::resume);
      assertThat(client.await(client.submit(request).id(), PATIENCE).status())
          .isEqualTo(JobStatus.FINISHED);
      assertThat(listed).hasSize(undisturbed);
    }
  }

  /** As if the connection to the storage broke in the midst of a file, while a user cancels. */
  @Test
  void aTemporaryFileOfTheSameLeaseIsDeletedByACancel() throws Exception {
    put(storage.resolve("input.txt"), "text");
    AtomicReference<Path> left = new AtomicReference<>();
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      watched.onWrite(
          file -> {
            if (file.endsWith("input.txt")) {
              String id = client.list(JobQuery.all()).get(0).id();
              left.set(file.resolveSibling(temporary(id + ".1")));
              put(left.get(), "te");
              client.cancel(id);
              throw new TransientAdapterException(
                  RecoveryCondition.SSH_CONNECTION_FAILURE, "the connection broke", null);
            }
          });
      JobRequest request =
          JobRequest.builder("hello", "hello-1.0").input("text", "input.txt").build();

      Job job = client.await(client.submit(request).id(), PATIENCE);

      assertThat(job.status()).as(job.lastStatusMessage()).isEqualTo(JobStatus.STOPPED);
      assertThat(client.history(job.id()).toString()).doesNotContain("BLOCKED");
    }
    assertThat(left.get()).doesNotExist();
    assertThat(left.get().getParent()).exists();
  }

  private static String temporary(String tag) {
    return ".jobs4j-" + tag + "-" + UUID.randomUUID() + ".part";
  }
}
