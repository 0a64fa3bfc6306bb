package io.jobs4j.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/**
 * What is true of jobs outside the database: in archives, in work directories, among processes.
 * Everything runs on this machine, and the test sees all of it.
 */
final class Outside {
  private final FilesEngine engine;
  private final Path storage;
  private final Path scratch;

  Outside(FilesEngine engine, ClusterFixture fixture) {
    this.engine = engine;
    this.storage = fixture.storage();
    this.scratch = fixture.scratch();
  }

  /** Requires that what is stored as finished had come to its end before. */
  void requireEnded(Collection<String> finished) {
    Set<String> running = new HashSet<>(finished);
    running.removeAll(engine.app().ended().lines());
    assertThat(running).as("jobs that are FINISHED and have not ended").isEmpty();
  }

  /** Requires that everything is in its place once all jobs are over. */
  void requireOrder(Collection<Job> jobs) throws IOException {
    List<String> wrong = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<String> finished = new HashSet<>();
    for (Job job : jobs) {
      ids.add(job.id());
      if (job.status() == JobStatus.FINISHED) {
        finished.add(job.id());
        compare(
            job.id(), FilesApp.archive(job.id()), read(storage.resolve(job.archivePath())), wrong);
      }
    }
    SoftAssertions all = new SoftAssertions();
    all.assertThat(wrong).as("archives that are not what the jobs wrote").isEmpty();
    all.assertThat(engine.app().broken().lines()).as("jobs with wrong files").isEmpty();
    all.assertThat(temporaryFiles()).as("temporary files").isEmpty();
    all.assertThat(workDirectories())
        .as("work directories of jobs that are FINISHED")
        .noneMatch(name -> finished.stream().anyMatch(name::contains));
    all.assertAll();
    await("processes of jobs have gone")
        .atMost(ClusterFixture.PATIENCE)
        .untilAsserted(() -> assertThat(processes(ids)).isEmpty());
  }

  /** The jobs of which there are processes, with their numbers. */
  Map<String, List<String>> processes(Set<String> jobs) throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : all) {
        String environment = environment(process);
        for (String variable : environment.split("\0", -1)) {
          String id = variable.replaceFirst("^AGAVE_JOB_ID=", "");
          if (!id.equals(variable) && jobs.contains(id)) {
            found
                .computeIfAbsent(id, unused -> new ArrayList<>())
                .add(process.getFileName().toString());
          }
        }
      }
    }
    return found;
  }

  private static String environment(Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }

  private static void compare(
      String job, Map<String, byte[]> expected, Map<String, byte[]> found, List<String> wrong) {
    expected.forEach(
        (path, bytes) -> {
          byte[] there = found.remove(path);
          if (there == null) {
            wrong.add(job + " lacks " + path);
          } else if (!Arrays.equals(there, bytes)) {
            wrong.add(
                "%s has %d bytes in %s that should be %d others"
                    .formatted(job, there.length, path, bytes.length));
          }
        });
    found.keySet().forEach(path -> wrong.add(job + " has also " + path));
  }

  private static Map<String, byte[]> read(Path directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    if (!Files.exists(directory)) {
      return files;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }

  private List<Path> temporaryFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path root : List.of(storage, scratch)) {
      try (Stream<Path> tree = Files.walk(root)) {
        tree.filter(path -> path.getFileName().toString().matches("(?s)\\.jobs4j-.*\\.part"))
            .forEach(found::add);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return found;
  }

  private List<String> workDirectories() throws IOException {
    if (!Files.exists(scratch)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (Stream<Path> owners = Files.list(scratch)) {
      for (Path owner : owners.toList()) {
        try (Stream<Path> directories = Files.list(owner)) {
          directories.forEach(path -> names.add(path.getFileName().toString()));
        }
      }
    }
    return names;
  }
}
