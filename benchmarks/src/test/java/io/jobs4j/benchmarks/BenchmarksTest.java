package io.jobs4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.testsupport.Service;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarksTest {
  @TempDir Path directory;

  @Test
  void writesARowForEachOfOursBesideEachReference() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Path file = directory.resolve("results.json");
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Context context = new Context(directory.resolve("work"), true, 1, List.of(Kind.H2), out)) {
      List<Row> rows = Benchmarks.run(List.of(new SubmitBenchmark(List.of(2))), context);
      Benchmarks.write(rows, file);
      assertThat(context.failures()).isEmpty();
    }

    JsonNode rows = new ObjectMapper().readTree(file.toFile());
    assertThat(rows).hasSize(6);
    for (JsonNode row : rows) {
      assertThat(row.fieldNames())
          .toIterable()
          .containsExactly(
              "name", "subject", "value", "unit", "reference", "referenceValue", "ratio");
      assertThat(row.get("name").asText()).isEqualTo("submit");
      assertThat(row.get("value").asDouble()).isPositive();
      assertThat(row.get("ratio").asDouble())
          .isEqualTo(row.get("value").asDouble() / row.get("referenceValue").asDouble());
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("submit round 1: jobs4j, accepts only, h2");
  }

  @Test
  void aRatioIsLargerTheBetterOursIs() {
    assertThat(Unit.PER_SECOND.ratio(200, 100)).isEqualTo(2);
    assertThat(Unit.MILLISECONDS.ratio(2, 10)).isEqualTo(5);
  }

  @Test
  void leavesOutWhatFailsAndSaysWhy() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Context context = new Context(directory.resolve("work"), true, 3, List.of(Kind.H2), out)) {
      Subject.Metric metric = new Subject.Metric("", Unit.PER_SECOND);
      List<Row> rows =
          Rounds.run(
              context,
              "sample",
              List.of(
                  Subject.ours("works", () -> java.util.Map.of(metric, 3.0)),
                  Subject.ours(
                      "fails",
                      () -> {
                        throw new IllegalStateException("no luck");
                      })));
      assertThat(rows).extracting(Row::subject).containsExactly("works");
      assertThat(context.failures()).singleElement().asString().contains("fails", "no luck");
    }
  }

  @Test
  void saysHowToStartTheServerThatABenchmarkNeeds() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Context context = new Context(directory.resolve("work"), true, 1, List.of(Kind.H2), out)) {
      Benchmark benchmark =
          new Benchmark() {
            @Override
            public String name() {
              return "sample";
            }

            @Override
            public List<Row> run(Context unused) {
              Servers.require(Service.SLURM_ACCOUNTING, service -> false);
              return List.of();
            }
          };
      assertThat(Benchmarks.run(List.of(benchmark), context)).isEmpty();
      Servers.require(Service.SLURM_ACCOUNTING, service -> true);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("sample", "NOT MEASURED", "dev/services start slurm-accounting");
  }

  @Test
  void percentilesAreValuesThatWereMeasured() {
    double[] values = {5, 1, 4, 2, 3};
    assertThat(Summary.percentile(values, 50)).isEqualTo(3);
    assertThat(Summary.percentile(values, 99)).isEqualTo(5);
    assertThat(Summary.of(List.of(1.0, 2.0, 9.0, 4.0))).isEqualTo(new Summary(3, 1, 9));
  }
}
