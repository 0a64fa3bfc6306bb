package io.jobs4j.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * Runs benchmarks, prints a table and writes the rows as JSON. Started by {@code dev/benchmark}.
 */
public final class Benchmarks {
  private static final List<Benchmark> ALL =
      List.of(
          new SubmitBenchmark(),
          new LifecycleBenchmark(),
          new StartLatencyBenchmark(),
          new ForkBenchmark(),
          new QueriesBenchmark(),
          new HeapBenchmark(),
          new SlurmBenchmark(),
          new SlurmStatusBenchmark(),
          new SshBenchmark());
  private static final String USAGE =
      """
      usage: dev/benchmark [--list] [--quick] [--rounds N] [--database h2|postgres] [NAME...]
        --list      names the benchmarks
        --quick     small sizes, to see that everything works
        --rounds    how often each subject is measured, 3 if not said
        --database  only this one
        NAME        only these""";

  private Benchmarks() {}

  /** Runs the benchmarks that are named, from the top of the repository. */
  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(USAGE);
      System.exit(2);
      return;
    }
    if (options.list()) {
      ALL.forEach(benchmark -> System.out.println(benchmark.name()));
      return;
    }
    run(options, Path.of("benchmarks", "target"), System.out);
    // The peers leave threads behind that would keep the process.
    System.exit(0);
  }

  private static void run(Options options, Path target, PrintStream out) throws Exception {
    try (Context context =
        new Context(
            target.resolve("work"), options.quick(), options.rounds(), options.databases(), out)) {
      List<Row> rows = run(options.benchmarks(), context);
      print(rows, out);
      context.failures().forEach(out::println);
      write(rows, target.resolve("results.json"));
    }
  }

  static List<Row> run(List<Benchmark> benchmarks, Context context) throws InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (Benchmark benchmark : benchmarks) {
      try {
        rows.addAll(benchmark.run(context));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        context.failed(benchmark.name(), "all of it", e);
      }
    }
    return rows;
  }

  static void print(List<Row> rows, PrintStream out) {
    String format = "%-13s %-58s %14s %27s %-7s %-62s %14s %27s %8s%n";
    out.printf(
        format,
        "benchmark",
        "subject",
        "median",
        "min..max",
        "unit",
        "reference",
        "median",
        "min..max",
        "ratio");
    for (Row row : rows) {
      Summary reference = row.referenceValue();
      Double ratio = row.ratio();
      out.printf(
          format,
          row.name(),
          row.subject(),
          text(row.value().median()),
          range(row.value()),
          row.unit().label(),
          row.reference() == null ? "" : row.reference(),
          reference == null ? "" : text(reference.median()),
          reference == null ? "" : range(reference),
          ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio));
    }
  }

  /** Writes the rows as an array of objects. */
  static void write(List<Row> rows, Path file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ArrayNode array = json.createArrayNode();
    for (Row row : rows) {
      Summary reference = row.referenceValue();
      ObjectNode object = array.addObject();
      object.put("name", row.name());
      object.put("subject", row.subject());
      object.put("value", row.value().median());
      object.put("unit", row.unit().label());
      object.put("reference", row.reference());
      object.put("referenceValue", reference == null ? null : reference.median());
      object.put("ratio", row.ratio());
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), array);
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : "%.3f", value);
  }

  private static String range(Summary summary) {
    return text(summary.min()) + ".." + text(summary.max());
  }

  /** What the command line says. */
  private record Options(
      boolean list, boolean quick, int rounds, List<Kind> databases, List<Benchmark> benchmarks) {
    static Options parse(String[] arguments) {
      boolean list = false;
      boolean quick = false;
      int rounds = 3;
      List<Kind> databases = List.of(Kind.values());
      List<Benchmark> benchmarks = new ArrayList<>();
      Iterator<String> words = List.of(arguments).iterator();
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "--list" -> list = true;
          case "--quick" -> quick = true;
          case "--rounds" -> rounds = number(word, words);
          case "--database" -> databases = List.of(kind(word, words));
          default -> benchmarks.add(named(word));
        }
      }
      return new Options(list, quick, rounds, databases, benchmarks.isEmpty() ? ALL : benchmarks);
    }

    private static Benchmark named(String name) {
      return ALL.stream()
          .filter(benchmark -> benchmark.name().equals(name))
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException("\"" + name + "\" is no benchmark or option"));
    }

    private static int number(String option, Iterator<String> words) {
      String value = words.hasNext() ? words.next() : "";
      if (!value.matches("[1-9][0-9]{0,2}")) {
        throw new IllegalArgumentException(
            "%s \"%s\" must be a number from 1 to 999".formatted(option, value));
      }
      return Integer.parseInt(value);
    }

    private static Kind kind(String option, Iterator<String> words) {
      String value = words.hasNext() ? words.next() : "";
      return List.of(Kind.values()).stream()
          .filter(kind -> kind.label().equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "%s \"%s\" must be h2 or postgres".formatted(option, value)));
    }
  }
}
