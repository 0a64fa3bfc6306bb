package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.sdk.ArchiveComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Output that changes while it is archived: the work directory is kept of what is not certain. */
class ChangingOutputTest extends OutputFixture {
  @Test
  void filesThatVanishWhileOutputIsArchivedAreLeftOutAndToldOf() throws Exception {
    watched.onRead(
        file -> {
          if (file.getFileName().toString().startsWith("gone")) {
            delete(file);
          }
        });
    watched.onList(
        listed -> {
          if (listed.getFileName().toString().equals("lost")) {
            delete(listed.resolve("f"));
            delete(listed);
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("a"), "a");
              put(work.resolve("lost/f"), "x");
              for (int i = 0; i < 8; i++) {
                put(work.resolve("tmp/gone" + i), "x");
              }
              put(work.resolve("z"), "z");
            });

    assertThat(done.archive()).containsOnlyKeys("a", "z", "tmp/");
    assertThat(done.told("ARCHIVING"))
        .contains("gone before they could be copied", "\"tmp/gone", "and 4 more");
  }

  @Test
  void whatComesWhileOutputIsArchivedIsArchivedToo() throws Exception {
    watched.onRead(
        file -> {
          if (file.endsWith("a.log") && !Files.exists(file.resolveSibling("late/r.txt"))) {
            watched.afterRead(
                () -> {
                  append(file, "and more");
                  put(file.resolveSibling("late/r.txt"), "late");
                  put(file.resolveSibling("same"), "2nd");
                });
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("same"), "1st");
              put(work.resolve("a.log"), "some ");
            });

    assertThat(done.archive())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("a.log", "some and more", "late/r.txt", "late", "same", "2nd"));
    assertThat(done.work()).doesNotExist();
  }

  @Test
  void theDirectoryOfWhatNeverEndsIsKept() throws Exception {
    watched.onRead(
        file -> {
          if (file.endsWith("endless.log")) {
            watched.afterRead(() -> append(file, "x"));
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("endless.log"), "x");
              put(work.resolve("out.txt"), "out");
            });

    assertThat(done.archive()).containsEntry("out.txt", "out").containsKey("endless.log");
    assertThat(done.work().resolve("endless.log")).exists();
    assertThat(done.told("FINISHED"))
        .contains("is kept", "\"endless.log\" still changed after the archive was made");
    assertThat(done.outputs()).contains("endless.log", "out.txt");
  }

  @Test
  void theDirectoryIsKeptOfWhatIsMovedAwayFromTheArchive() throws Exception {
    watched.onWrite(
        file -> {
          if (file.endsWith("order.xml")) {
            delete(file);
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("order.xml"), "order");
              put(work.resolve("out.txt"), "out");
            });

    assertThat(done.archive()).containsOnlyKeys("out.txt");
    assertThat(done.work().resolve("order.xml")).hasContent("order");
    assertThat(done.told("FINISHED"))
        .contains("is kept: the archive does not have what was written there as \"order.xml\"")
        .doesNotContain("still changed", "out.txt");
  }

  @Test
  void theDirectoryIsKeptOfNamesThatTheArchiveTakesForOne() throws Exception {
    // As if there was one file: lengths say nothing.
    watched.onListing(
        entries -> entries.stream().filter(entry -> !entry.path().name().equals("a")).toList());

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("A"), "one");
              put(work.resolve("a"), "two");
            });

    assertThat(done.work().resolve("a")).hasContent("two");
    assertThat(done.told("FINISHED")).contains("written there as \"a\"", "taken for another name");
  }

  @Test
  void theDirectoryIsKeptOfWhatIsWrittenAgainWithOneLengthAndTime() throws Exception {
    comparison = ArchiveComparison.CHECKSUMS;
    AtomicInteger times = new AtomicInteger();
    watched.onRead(
        file -> {
          if (file.endsWith("counter") && file.startsWith(systems.execution())) {
            attempt(
                () -> {
                  FileTime time = Files.getLastModifiedTime(file);
                  Files.writeString(file, "%06d".formatted(times.incrementAndGet()));
                  Files.setLastModifiedTime(file, time);
                });
          }
        });

    Finished done = run(null, work -> put(work.resolve("counter"), "000000"));

    assertThat(done.work().resolve("counter")).exists();
    assertThat(done.told("FINISHED")).contains("\"counter\" still changed");
  }

  @Test
  void theDirectoryIsKeptOfWhatChangedAMomentAgo() throws Exception {
    AtomicInteger times = new AtomicInteger();
    watched.onRead(
        file -> {
          if (file.endsWith("log") && times.incrementAndGet() % 5 != 0) {
            // Of another time in each of the first rounds, and not in the last.
            watched.afterRead(() -> append(file, "x"));
          }
        });
    watched.onWrite(
        file -> {
          if (file.endsWith("log") && file.startsWith(storage)) {
            extend(file, 1);
          }
        });

    Finished done = run(null, work -> put(work.resolve("log"), "log"));

    assertThat(done.work().resolve("log")).exists();
    assertThat(done.told("FINISHED")).contains("\"log\" still changed");
  }

  @Test
  void aFileThatVanishesAndComesAgainIsArchived() throws Exception {
    int[] times = new int[1];
    watched.onRead(
        file -> {
          if (file.endsWith("b") && times[0]++ == 0) {
            delete(file);
          } else if (file.endsWith("a")) {
            watched.afterRead(() -> put(file.resolveSibling("c"), "c"));
          }
        });
    watched.onList(
        listed -> {
          if (times[0] == 1 && !Files.exists(listed.resolve("b")) && isWork(listed)) {
            put(listed.resolve("b"), "again");
          }
        });

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("a"), "a");
              put(work.resolve("b"), "b");
            });

    assertThat(done.archive()).containsEntry("a", "a").containsEntry("b", "again");
    assertThat(done.told("ARCHIVING")).doesNotContain("Left out");
    assertThat(done.told("FINISHED")).doesNotContain("is kept");
    assertThat(done.work()).doesNotExist();
  }

  private static boolean isWork(Path directory) {
    return Files.exists(directory.resolve(".jobs4j"));
  }
}
