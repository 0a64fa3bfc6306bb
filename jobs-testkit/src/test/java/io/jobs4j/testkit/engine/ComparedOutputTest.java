package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives whose content is compared with the work directory. */
class ComparedOutputTest extends OutputFixture {
  private final List<Path> flipped = new CopyOnWriteArrayList<>();

  @Test
  void contentIsComparedIfThatIsAskedFor() throws Exception {
    watched.onWrite(file -> flipOnce(file, "out.bin"));
    Consumer<Path> script =
        work -> {
          put(work.resolve("out.bin"), "content");
          put(work.resolve("sub/more.txt"), "more");
        };

    Finished unnoticed = run(null, script);
    assertThat(unnoticed.archive()).hasSize(2).doesNotContainEntry("out.bin", "content");
    assertThat(unnoticed.work()).doesNotExist();

    comparison = ArchiveComparison.CHECKSUMS;
    flipped.clear();
    Finished noticed = run(null, script);
    assertThat(flipped).hasSize(1);
    assertThat(noticed.archive())
        .containsExactlyInAnyOrderEntriesOf(Map.of("out.bin", "content", "sub/more.txt", "more"));
    assertThat(noticed.work()).doesNotExist();
  }

  @Test
  void contentThatIsThereAlreadyIsComparedToo() throws Exception {
    comparison = ArchiveComparison.CHECKSUMS;
    FileTime time = FileTime.fromMillis(0);

    Finished done =
        run(
            null,
            (id, work) -> {
              for (Path file : List.of(work.resolve("out"), archive(id).resolve("out"))) {
                put(file, file.startsWith(work) ? "mine" : "else");
                attempt(() -> Files.setLastModifiedTime(file, time));
              }
            });

    assertThat(done.archive()).containsExactlyEntriesOf(Map.of("out", "mine"));
  }

  @ParameterizedTest
  @EnumSource
  void aJobWhoseArchiveStaysWrongIsBlockedUntilItIsRight(ArchiveComparison with) throws Exception {
    comparison = with;
    AtomicBoolean garbles = new AtomicBoolean(true);
    watched.onWrite(
        file -> {
          if (garbles.get() && file.endsWith("out.bin")) {
            if (with == ArchiveComparison.CHECKSUMS) {
              flip(file);
            } else {
              extend(file, 3);
            }
          }
        });
    AtomicReference<Path> work = new AtomicReference<>();
    scheduler.onSubmit(
        spec -> {
          work.set(Path.of(spec.attempt().workPath()));
          put(work.get().resolve("out.bin"), "content");
          put(work.get().resolve("more.txt"), "more");
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      String id =
          client.submit(JobRequest.builder("hello", "hello-1.0").archive(true).build()).id();
      await()
          .atMost(PATIENCE)
          .until(() -> client.history(id).toString().contains("TRANSMISSION_FAILURE"));
      assertThat(client.history(id).toString())
          .contains(
              "The archive system storage holds other content than was written there",
              ": \"out.bin\".",
              "Another job may archive to the same place");
      assertThat(work.get().resolve("out.bin")).hasContent("content");

      garbles.set(false);
      Job done = client.await(id, PATIENCE);
      assertThat(done.status()).as(done.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      assertThat(tree(archive(id)))
          .containsExactlyInAnyOrderEntriesOf(Map.of("out.bin", "content", "more.txt", "more"));
      assertThat(work.get()).doesNotExist();
    }
  }

  @Test
  void eachFileIsReadOnceMoreOnBothSides() throws Exception {
    comparison = ArchiveComparison.CHECKSUMS;
    List<Path> read = Collections.synchronizedList(new ArrayList<>());
    watched.onRead(
        file -> {
          boolean first = !read.contains(file);
          read.add(file);
          if (first && file.endsWith("a") && file.startsWith(systems.execution())) {
            watched.afterRead(() -> append(file, "more"));
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("a"), "a");
              put(work.resolve("b"), "b");
            });

    assertThat(done.archive()).containsExactlyInAnyOrderEntriesOf(Map.of("a", "amore", "b", "b"));
    Predicate<Path> ofArchive = file -> file.startsWith(storage.resolve("alice"));
    assertThat(read)
        .filteredOn(file -> file.endsWith("b"))
        .hasSize(3)
        .filteredOn(ofArchive)
        .hasSize(1);
  }

  private void flipOnce(Path file, String name) {
    if (file.endsWith(name) && flipped.isEmpty()) {
      flipped.add(file);
      flip(file);
    }
  }

  /** Changes a bit of a file and nothing that shows. */
  private static void flip(Path file) {
    attempt(
        () -> {
          FileTime time = Files.getLastModifiedTime(file);
          byte[] bytes = Files.readAllBytes(file);
          bytes[bytes.length / 2] ^= 1;
          Files.write(file, bytes);
          Files.setLastModifiedTime(file, time);
        });
  }
}
