package io.jobs4j.sdk.internal.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a real shell made of a script.
 *
 * @param exitCode of the shell
 * @param words what it printed, which was separated by NUL
 * @param error standard error
 */
record ShellRun(int exitCode, List<String> words, String error) {
  private static final long LIMIT_SECONDS = 300;

  /** Runs {@code script} in {@code directory}; its own files are in {@code aside}. */
  static ShellRun of(String shell, String script, Path directory, Path aside) throws Exception {
    Path file = Files.writeString(aside.resolve("script"), script);
    Path output = aside.resolve("output");
    Path error = aside.resolve("error");
    ProcessBuilder builder =
        new ProcessBuilder(shell, file.toString())
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(output.toFile())
            .redirectError(error.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                "/usr/bin:/bin",
                "HOME",
                directory.toString(),
                "LC_ALL",
                "C.UTF-8",
                "p",
                "the shell's own"));
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(shell + " did not end");
    }
    String text = Files.readString(output, UTF_8);
    List<String> words = List.of(text.split("\0", -1));
    return new ShellRun(
        process.exitValue(), words.subList(0, words.size() - 1), Files.readString(error, UTF_8));
  }

  /** Names and contents of the files in a directory. */
  static List<String> listing(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.map(ShellRun::describe).sorted().toList();
    }
  }

  private static String describe(Path file) {
    try {
      return Files.isDirectory(file)
          ? file.toString()
          : file + " " + Files.getLastModifiedTime(file) + " " + Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
