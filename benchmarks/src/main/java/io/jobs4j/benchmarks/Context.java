package io.jobs4j.benchmarks;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.benchmarks.Subject.Metric;
import io.jobs4j.testsupport.PostgresServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What benchmarks need from their surroundings. Used by one thread. */
final class Context implements AutoCloseable {
  private final Path directory;
  private final boolean quick;
  private final int rounds;
  private final List<Kind> databases;
  private final PrintStream out;
  private final List<String> failures = new ArrayList<>();
  private @Nullable PostgresServer postgres;
  private int number;

  /**
   * A context.
   *
   * @param directory for all files, emptied first
   * @param quick whether sizes are small
   * @param databases those to measure on
   */
  Context(Path directory, boolean quick, int rounds, List<Kind> databases, PrintStream out)
      throws IOException {
    this.directory = directory.toAbsolutePath();
    this.quick = quick;
    this.rounds = rounds;
    this.databases = List.copyOf(databases);
    this.out = out;
    delete(this.directory);
    Files.createDirectories(this.directory);
  }

  int rounds() {
    return rounds;
  }

  List<Kind> databases() {
    return databases;
  }

  /** A size: {@code full}, or {@code small} in a quick run. */
  int size(int full, int small) {
    return quick ? small : full;
  }

  /** A new directory; the caller gives it to {@link #delete} in the end. */
  Path newDirectory(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name + "-" + ++number));
  }

  /** A new, empty database; the caller closes it, and with it everything is gone. */
  BenchmarkDatabase database(Kind kind) throws Exception {
    return switch (kind) {
      case H2 -> BenchmarkDatabase.h2(newDirectory("h2"));
      case POSTGRES -> BenchmarkDatabase.postgres(postgres(), "bench_" + ++number);
    };
  }

  void progress(String benchmark, int round, String subject, Map<Metric, Double> values) {
    StringBuilder line = new StringBuilder();
    values.forEach(
        (metric, value) ->
            line.append(
                String.format(
                    Locale.ROOT, "  %s %.3f %s", metric.name(), value, metric.unit().label())));
    out.printf("%s round %s: %s:%s%n", benchmark, round, subject, line);
  }

  /** Says that a subject could not be measured, and why. */
  void failed(String benchmark, String subject, Exception reason) {
    String line = "%s: %s: NOT MEASURED: %s".formatted(benchmark, subject, reason);
    failures.add(line);
    out.println(line);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private PostgresServer postgres() throws IOException {
    PostgresServer running = postgres;
    if (running == null) {
      running = PostgresServer.start(newDirectory("postgres"));
      postgres = running;
    }
    return running;
  }

  @Override
  public void close() throws IOException {
    if (postgres != null) {
      postgres.close();
    }
    delete(directory);
  }
}
