package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Caller;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.spi.FileEntry;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.JobsClient;
import io.jobs4j.sdk.JobsEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a work directory comes into the archive, and what is said of the rest. */
class OutputTest extends OutputFixture {
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

  private static void mkdir(Path path) {
    attempt(() -> Files.createDirectories(path));
  }

  private static void link(Path link, Path target) {
    attempt(() -> Files.createSymbolicLink(link, target));
  }

  private static void pipe(Path path) {
    attempt(
        () -> assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero());
  }
}
