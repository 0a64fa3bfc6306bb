package io.jobs4j.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.testkit.ChildJvm;
import io.jobs4j.testkit.CrashHarness;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services bring libraries of their own, which may be older than those that jobs4j is built with.
 * Maven puts the oldest that we work with into {@code target/old}.
 */
@Timeout(120)
class OldLibrariesTest {
  @Test
  void aJobIsRunWithTheOldestLibraries(@TempDir Path directory) throws Exception {
    List<Path> jars = jars(Path.of("target/old"));
    assertThat(jars).hasSize(8);
    String classPath =
        Stream.concat(
                jars.stream().map(jar -> jar.toAbsolutePath().toString()),
                Stream.of(System.getProperty("java.class.path")))
            .collect(Collectors.joining(File.pathSeparator));
    try (CrashHarness harness =
        CrashHarness.of(OldLibraries.class)
            .jvmOptions("-cp", classPath, "-Dold.jackson=" + versionOf("jackson-databind", jars))
            .arguments(directory.toString())
            .build()) {
      ChildJvm child = harness.start();
      assertThat(child.awaitExit()).as(child.lastOutput()).isZero();
    }
  }

  private static List<Path> jars(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jar")).toList();
    }
  }

  private static String versionOf(String artifact, List<Path> jars) {
    return jars.stream()
        .map(jar -> jar.getFileName().toString())
        .filter(name -> name.startsWith(artifact + "-"))
        .map(name -> name.substring(artifact.length() + 1, name.length() - ".jar".length()))
        .findFirst()
        .orElseThrow();
  }
}
