package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.local.LocalStorageProvider;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.Listing;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.sdk.ArchiveComparison;
import io.jobs4j.sdk.JobQuery;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.RecoveryPolicies;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.testkit.NoCommands;
import io.jobs4j.testkit.ScriptedScheduler;
import io.jobs4j.testkit.TestSystems;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a work directory comes into the archive, and what is said of the rest. */
@Timeout(120)
class OutputTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;
  private final ScriptedScheduler scheduler = new ScriptedScheduler();
  private final Watched watched = new Watched();
  private final List<Path> flipped = new CopyOnWriteArrayList<>();
  private ArchiveComparison comparison = ArchiveComparison.LENGTHS;
  private TestSystems systems;
  private Path storage;
  private Path app;

  @BeforeEach
  void define() {
    systems =
        TestSystems.in(directory)
            .app("hello", "wc ${text}", List.of(TestSystems.input("text")), List.of());
    storage = systems.storage();
    app = storage.resolve("apps/hello");
  }

  @Test
  void outputInDirectoriesThatWereEmptyBeforeLaunchIsArchived() throws Exception {
    Files.createDirectories(app.resolve("results"));
    Files.createDirectories(app.resolve("unused"));
    Files.createDirectories(storage.resolve("in/logs"));
    Files.createDirectories(storage.resolve("in/deep/er"));
    put(storage.resolve("in/data"), "data");

    Finished done =
        run(
            "in",
            work -> {
              put(work.resolve("results/out.txt"), "out");
              put(work.resolve("in/logs/log.txt"), "log");
              put(work.resolve("in/deep/er/and/deeper.txt"), "deep");
              put(work.resolve("in/data"), "changed");
              delete(work.resolve("wrapper.sh"));
              mkdir(work.resolve("made"));
            });

    assertThat(done.archive())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "results/out.txt", "out",
                "in/logs/log.txt", "log",
                "in/deep/er/and/deeper.txt", "deep",
                "made/", ""));
    assertThat(done.work()).doesNotExist();
  }

  @Test
  void namesAreExact() throws Exception {
    List<String> odd =
        List.of("Icon\r", "head\rtail", "line\nend", "back\\nslash", " ", "\u00fc", "\u2028");
    for (String name : odd) {
      put(storage.resolve("in/" + name), "input");
      put(app.resolve(name + ".app"), "app");
    }
    put(app.resolve("head\rtail.txt"), "app");

    Finished done =
        run(
            "in",
            work -> {
              put(work.resolve("tail.txt"), "out");
              put(work.resolve("tail"), "out");
              put(work.resolve("Icon"), "out");
              put(work.resolve("in/Icon\r\n"), "out");
            });

    assertThat(done.archive()).containsOnlyKeys("tail.txt", "tail", "Icon", "in/Icon\r\n");
  }

  @Test
  void whatTheApplicationListsIsNotArchived() throws Exception {
    Finished done =
        run(
            null,
            work -> {
              put(work.resolve(".agave.archive"), "big\nscratch\nwith\rreturn\n");
              put(work.resolve("big"), "x");
              put(work.resolve("scratch/a/b"), "x");
              put(work.resolve("with\rreturn"), "x");
              put(work.resolve("with"), "kept");
              put(work.resolve("sub/big"), "kept");
            });

    assertThat(done.archive()).containsOnlyKeys("with", "sub/big");
  }

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
  void linksAndSpecialFilesAreToldOf() throws Exception {
    put(directory.resolve("outside/secret"), "secret");

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("out.txt"), "out");
              link(work.resolve("inside"), Path.of("out.txt"));
              link(work.resolve("escapes"), directory.resolve("outside"));
              link(work.resolve("dangles"), Path.of("nothing"));
              link(work.resolve("round"), Path.of("."));
              pipe(work.resolve("pi\npe"));
            });

    assertThat(done.archive()).containsOnlyKeys("out.txt", "inside");
    assertThat(done.told("ARCHIVING"))
        .contains(
            "\"escapes\" (link that leads out of the storage)",
            "\"dangles\" (link that leads nowhere)",
            "\"round\" (link that leads back to a directory it is in)",
            "\"pi\uFFFDpe\" (neither a file nor a directory)");
  }

  @Test
  void whatInputsAndApplicationsLeaveOutIsToldOf() throws Exception {
    put(storage.resolve("in/data"), "data");
    link(storage.resolve("in/dangles"), Path.of("nothing"));
    pipe(app.resolve("pipe"));

    Finished done = run("in", work -> put(work.resolve("out.txt"), "out"));

    assertThat(done.told("STAGING_INPUTS")).contains("\"dangles\" (link that leads nowhere)");
    assertThat(done.told("STAGING_JOB")).contains("\"pipe\" (neither a file nor a directory)");
    assertThat(done.archive()).containsOnlyKeys("out.txt");
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
  void whatAListingDoesNotShowIsAskedForByItsName() throws Exception {
    List<Path> written = new CopyOnWriteArrayList<>();
    watched.onWrite(
        file -> {
          if (file.startsWith(storage)) {
            written.add(file.getFileName());
          }
        });
    watched.onListing(
        entries ->
            entries.stream()
                .filter(entry -> !entry.path().name().equals("late.txt"))
                .map(
                    entry ->
                        new FileEntry(
                            entry
                                .path()
                                .parent()
                                .resolve(
                                    Normalizer.normalize(entry.path().name(), Normalizer.Form.NFD)),
                            entry.directory(),
                            entry.length(),
                            entry.modified(),
                            entry.executable()))
                .toList());

    Finished done =
        run(
            null,
            work -> {
              put(work.resolve("late.txt"), "late");
              put(work.resolve("\u00fc"), "composed");
            });

    assertThat(done.archive()).containsOnlyKeys("late.txt", "\u00fc");
    assertThat(written).containsExactlyInAnyOrder(Path.of("late.txt"), Path.of("\u00fc"));
    assertThat(done.work()).doesNotExist();
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

  @Test
  void anArchiveThatCannotBeListedIsCompleteAllTheSame() throws Exception {
    watched.refuseToList(storage.resolve("results/full"));

    Finished done =
        run(
            null,
            (id, work) -> {
              put(work.resolve("out.txt"), "out");
              put(work.resolve("sub/more.txt"), "more");
            },
            "results/full");

    assertThat(done.archive())
        .containsExactlyInAnyOrderEntriesOf(Map.of("out.txt", "out", "sub/more.txt", "more"));
    assertThat(done.work()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "[]", "{\"files\":1}", "{\"files\":[{}]}", "{\"files\":[\"a\"", "\0\0"})
  void whatWasWrittenOverTheListOfInputsIsNotBelieved(String text) throws Exception {
    assertThat(unbelievable(file -> put(file, text)))
        .contains("/.jobs4j/inputs.json, where", "was changed and cannot be read");
  }

  @Test
  void aListOfInputsThatBecameTooLongIsNotReadToItsEnd() throws Exception {
    assertThat(unbelievable(file -> extend(file, 1L << 40)))
        .contains("was changed and cannot be read");
    assertThat(
            unbelievable(
                file ->
                    put(
                        file,
                        IntStream.range(0, 400_001)
                            .mapToObj(i -> "\"" + i + "\"")
                            .collect(Collectors.joining(",", "{\"files\":[", "]}")))))
        .contains("was changed: it has more than 400000 names");
    assertThat(unbelievable(file -> put(file, " ".repeat((1 << 25) + 1))))
        .contains("more than 400000 names or 33554432 bytes");
  }

  /** What is said of a job that writes over the list of inputs. */
  private String unbelievable(Consumer<Path> change) throws Exception {
    put(storage.resolve("in.txt"), "input");
    Job done =
        end(
            "in.txt",
            (id, work) -> {
              put(work.resolve("out.txt"), "out");
              change.accept(work.resolve(".jobs4j/inputs.json"));
            });
    assertThat(done.status()).isEqualTo(JobStatus.FAILED);
    return done.lastStatusMessage();
  }

  @Test
  void twoJobsMayArchiveToOnePlace() throws Exception {
    run(null, (id, work) -> put(work.resolve("out.txt"), "one"), "results/same");
    run(null, (id, work) -> put(work.resolve("out.txt"), "two"), "results/same");

    assertThat(tree(storage.resolve("results/same")))
        .containsExactlyEntriesOf(Map.of("out.txt", "two"));
  }

  private static String temporary(String tag) {
    return ".jobs4j-" + tag + "-" + UUID.randomUUID() + ".part";
  }

  /** What became of a job. */
  private record Finished(
      Path work, Map<String, String> archive, List<HistoryEvent> history, List<String> outputs) {
    String told(String status) {
      return history.stream()
          .filter(event -> String.valueOf(event.status()).equals(status))
          .map(HistoryEvent::description)
          .reduce("", (all, one) -> all + one + "\n");
    }
  }

  /** What a job does. */
  private interface Script {
    void run(String id, Path work);
  }

  private Finished run(String input, Consumer<Path> script) throws Exception {
    return run(input, (id, work) -> script.accept(work));
  }

  private Finished run(String input, Script script) throws Exception {
    return run(input, script, null);
  }

  private Job end(String input, Script script) throws Exception {
    scheduler.onSubmit(
        spec -> {
          script.run("", Path.of(spec.attempt().workPath()));
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      JobRequest.Builder request = JobRequest.builder("hello", "hello-1.0").archive(true);
      if (input != null) {
        request.input("text", input);
      }
      return client.await(client.submit(request.build()).id(), PATIENCE);
    }
  }

  private JobsEngine start() {
    return JobsEngine.builder()
        .inMemory()
        .catalog(systems.catalog())
        .archiveComparison(comparison)
        .recovery(
            RecoveryPolicies.defaults()
                .with(
                    RecoveryCondition.TRANSMISSION_FAILURE,
                    RecoveryPolicy.constant(Duration.ofSeconds(1), 0, null)))
        .adapter(scheduler)
        .adapter(watched)
        .adapter(new NoCommands())
        .start();
  }

  private Finished run(String input, Script script, String archivePath) throws Exception {
    Path[] work = new Path[1];
    scheduler.onSubmit(
        spec -> {
          work[0] = Path.of(spec.attempt().workPath());
          String key = spec.attempt().key();
          script.run(key.substring(0, key.lastIndexOf('-')), work[0]);
          return RemoteStatus.exited(0, null, null);
        });
    try (JobsEngine engine = start()) {
      JobsClient client = engine.client(Caller.of("acme", "alice"));
      JobRequest.Builder request = JobRequest.builder("hello", "hello-1.0").archive(true);
      if (input != null) {
        request.input("text", input);
      }
      if (archivePath != null) {
        request.archivePath(archivePath);
      }
      Job done = client.await(client.submit(request.build()).id(), PATIENCE);
      assertThat(done.status()).as(done.lastStatusMessage()).isEqualTo(JobStatus.FINISHED);
      return new Finished(
          work[0],
          tree(archivePath == null ? archive(done.id()) : storage.resolve(archivePath)),
          client.history(done.id()),
          client.outputs(done.id(), "").stream().map(file -> file.path()).toList());
    }
  }

  private Path archive(String id) {
    return storage.resolve("alice/archive/jobs/job-" + id);
  }

  /** All files with their content, and with a slash at the end all empty directories. */
  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(path -> !path.equals(root)).toList()) {
        String name = root.relativize(path).toString();
        if (!Files.isDirectory(path)) {
          found.put(name, Files.readString(path));
        } else if (path.toFile().list().length == 0) {
          found.put(name + "/", "");
        }
      }
    }
    return found;
  }

  private static void put(Path file, String text) {
    attempt(
        () -> {
          Files.createDirectories(file.getParent());
          Files.writeString(file, text);
        });
  }

  private static void append(Path file, String text) {
    attempt(
        () -> {
          Files.writeString(file, text, StandardOpenOption.APPEND);
          // A clock that stands still between two writes would hide the second.
          Files.setLastModifiedTime(
              file, FileTime.from(Files.getLastModifiedTime(file).toInstant().plusMillis(10)));
        });
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

  /** Makes a file longer or shorter without writing. */
  private static void extend(Path file, long length) {
    attempt(
        () -> {
          try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
          }
        });
  }

  private static void mkdir(Path path) {
    attempt(() -> Files.createDirectories(path));
  }

  private static void delete(Path path) {
    attempt(() -> Files.deleteIfExists(path));
  }

  private static void link(Path link, Path target) {
    attempt(() -> Files.createSymbolicLink(link, target));
  }

  private static void pipe(Path path) {
    attempt(
        () -> assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero());
  }

  private static void attempt(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  /** Local files, of which a test hears when they are read or written. */
  private static final class Watched implements FileStorageProvider {
    private volatile Consumer<Path> onRead = file -> {};
    private volatile Consumer<Path> onList = listed -> {};
    private volatile Runnable afterRead = () -> {};
    private volatile Consumer<Path> onWrite = file -> {};
    private volatile Path unlisted = Path.of("");
    private volatile UnaryOperator<List<FileEntry>> onListing = entries -> entries;

    /** As if a name there could not be decoded. */
    void refuseToList(Path directory) {
      unlisted = directory;
    }

    /** Changes what listings of archives show. */
    void onListing(UnaryOperator<List<FileEntry>> change) {
      onListing = change;
    }

    void onRead(Consumer<Path> listener) {
      onRead = listener;
    }

    /** Is told when a file was written. */
    void onWrite(Consumer<Path> listener) {
      onWrite = listener;
    }

    void onList(Consumer<Path> listener) {
      onList = listener;
    }

    private static boolean isArchive(FileStorage storage, StoragePath directory) {
      return storage.hostPath(directory).contains("/alice/archive/");
    }

    /** Is run once, when the file that is being read has been copied. */
    void afterRead(Runnable action) {
      afterRead = action;
    }

    @Override
    public Set<String> protocols() {
      return Set.of("LOCAL");
    }

    @Override
    public FileStorage open(StorageAccess access) {
      FileStorage real = new LocalStorageProvider().open(access);
      return (FileStorage)
          Proxy.newProxyInstance(
              Watched.class.getClassLoader(),
              new Class<?>[] {FileStorage.class},
              (proxy, method, arguments) -> {
                String name = method.getName();
                if (name.equals("read")) {
                  onRead.accept(Path.of(real.hostPath((StoragePath) arguments[0])));
                } else if (name.equals("scan") || name.equals("list")) {
                  Path listed = Path.of(real.hostPath((StoragePath) arguments[0]));
                  if (name.equals("scan") && listed.equals(unlisted)) {
                    throw new PermanentAdapterException(
                        ConditionCode.JOB_FILES_SERVICE_ERROR, "A name cannot be read.");
                  }
                  onList.accept(listed);
                }
                Object result;
                try {
                  result = method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
                if (name.equals("write")) {
                  Runnable action = afterRead;
                  afterRead = () -> {};
                  action.run();
                  onWrite.accept(Path.of(real.hostPath((StoragePath) arguments[0])));
                }
                return name.equals("scan") && isArchive(real, (StoragePath) arguments[0])
                    ? new Listing(
                        onListing.apply(((Listing) result).entries()),
                        ((Listing) result).omissions())
                    : result;
              });
    }
  }
}
