package io.jobs4j.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The script {@code dev/services} of the checkout in which a test runs. */
final class DevServices {
  /** With the packages still to be fetched. */
  private static final long MOST_MINUTES = 20;

  private final Path script;

  private DevServices(Path script) {
    this.script = script;
  }

  /**
   * Looks for it in the working directory and those above.
   *
   * @throws IllegalStateException if it is not there
   */
  static DevServices find() {
    Path start = Path.of("").toAbsolutePath();
    for (Path directory = start; directory != null; directory = directory.getParent()) {
      Path script = directory.resolve("dev/services");
      if (Files.isExecutable(script)) {
        return new DevServices(script);
      }
    }
    throw new IllegalStateException("there is no dev/services in " + start + " or above");
  }

  /** Whether it runs as a whole. */
  boolean isRunning(Service service) {
    return execute(List.of("status", service.word())).code == 0;
  }

  /**
   * Starts what is missing of a service and installs it first if need be.
   *
   * @param options of {@code dev/services start}
   * @throws IllegalStateException with what the script said if it does not come up
   */
  void start(Service service, String... options) {
    List<String> words = new ArrayList<>(List.of("start", service.word()));
    words.addAll(List.of(options));
    var unused = require(words);
  }

  void stop(Service service) {
    var unused = require(List.of("stop", service.word()));
  }

  /** What tests need to know, by name. */
  Map<String, String> environment() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : require(List.of("env")).lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }

  private String require(List<String> words) {
    Outcome outcome = execute(words);
    if (outcome.code != 0) {
      throw new IllegalStateException(
          "dev/services %s ended with exit code %s: %s"
              .formatted(String.join(" ", words), outcome.code, outcome.output.strip()));
    }
    return outcome.output;
  }

  private Outcome execute(List<String> words) {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(words);
    try {
      // A file and not a pipe: no server that it leaves behind can keep the test waiting.
      Path output = Files.createTempFile("jobs4j-services", ".log");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new IllegalStateException(
              String.join(" ", command) + " did not end within " + MOST_MINUTES + " minutes");
        }
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during " + String.join(" ", command), e);
    }
  }

  private record Outcome(int code, String output) {}
}
