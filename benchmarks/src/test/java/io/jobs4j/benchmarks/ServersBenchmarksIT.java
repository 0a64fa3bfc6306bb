package io.jobs4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.benchmarks.BenchmarkDatabase.Kind;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks that need servers, small. */
@RequiresServices({Service.SLURM, Service.SSHD})
class ServersBenchmarksIT {
  @TempDir Path directory;

  @Test
  void measureOursBesideTheReference() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    List<Row> rows;
    try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Context context = new Context(directory.resolve("work"), true, 1, List.of(Kind.H2), out)) {
      rows =
          Benchmarks.run(
              List.of(new SlurmBenchmark(), new SlurmStatusBenchmark(), new SshBenchmark()),
              context);
      assertThat(context.failures()).isEmpty();
    }

    assertThat(rows)
        .extracting(Row::name)
        .containsExactly(
            "slurm",
            "slurm",
            "slurm",
            "slurm",
            "slurm",
            "slurm-status",
            "slurm-status",
            "ssh",
            "ssh",
            "ssh");
    assertThat(rows).allSatisfy(row -> assertThat(row.value().median()).isPositive());
    // A single command looks at 50 jobs, once the cluster's settings are known.
    assertThat(rows)
        .filteredOn(row -> row.subject().endsWith("commands of a look"))
        .singleElement()
        .satisfies(row -> assertThat(row.value().median()).isLessThanOrEqualTo(2))
        .satisfies(row -> assertThat(row.referenceValue().median()).isEqualTo(50));
  }
}
