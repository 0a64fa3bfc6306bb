package io.jobs4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLedgerTest {
  @TempDir Path directory;
  private Path file;
  private RunLedger ledger;

  @BeforeEach
  void open() {
    file = directory.resolve("it's a ledger");
    ledger = RunLedger.in(file);
  }

  @Test
  void everyRunAddsALineAlsoIfManyRunAtOnce() throws Exception {
    assertThat(ledger.lines()).isEmpty();
    List<Process> runs = new ArrayList<>();
    List<String> ids = IntStream.range(0, 20).mapToObj(i -> "job-" + i).toList();
    for (String id : ids) {
      ProcessBuilder run = new ProcessBuilder("sh", "-c", ledger.shellCommand()).inheritIO();
      run.environment().put("AGAVE_JOB_ID", id);
      runs.add(run.start());
    }
    for (Process run : runs) {
      assertThat(run.waitFor()).isZero();
    }
    assertThat(ledger.lines()).containsExactlyInAnyOrderElementsOf(ids);
    ledger.requireEachOnce(ids);
  }

  @Test
  void aLineThatWasCutOffDoesNotCount() throws Exception {
    Files.writeString(file, "a\nb");
    assertThat(ledger.lines()).containsExactly("a");
    Files.writeString(file, "b");
    assertThat(ledger.lines()).isEmpty();
  }

  @Test
  void whatRanTwiceOrNeverIsListed() throws Exception {
    Files.writeString(file, "a\nb\na\nc\na\n");
    assertThatThrownBy(() -> ledger.requireEachOnce(List.of("a", "b", "d", "e")))
        .isInstanceOf(AssertionError.class)
        .hasMessage(
            "of 4 jobs acknowledged and 3 run, 1 ran more than once: [a]; and 2 never ran: [d, e]");
    Files.writeString(file, "a\nc\nc\n");
    assertThatThrownBy(() -> ledger.requireEachOnce(List.of("a")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 ran more than once: [c]");
    Files.writeString(file, "a\nc\n");
    assertThatCode(() -> ledger.requireEachOnce(List.of("a"))).doesNotThrowAnyException();
  }
}
