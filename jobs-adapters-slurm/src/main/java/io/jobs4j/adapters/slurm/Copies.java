package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Slurm jobs of one attempt, of which there may be several where answers were lost. */
final class Copies {
  private static final Logger log = LoggerFactory.getLogger(Copies.class);

  private static final Comparator<QueueRow> OLDEST =
      Comparator.comparingLong(row -> Long.parseLong(row.id()));

  private Copies() {}

  /** What a look at the queue has shown, by the names of the jobs. */
  static Map<String, List<QueueRow>> byName(List<String> lines) {
    Map<String, List<QueueRow>> rows = new HashMap<>();
    for (String line : lines) {
      QueueRow.of(line)
          .ifPresent(row -> rows.computeIfAbsent(row.name(), name -> new ArrayList<>()).add(row));
    }
    return rows;
  }

  /**
   * Which of the Slurm jobs of an attempt runs it or will, where no record says so: one that has
   * started, else one that was known before, else the oldest that waits.
   *
   * @param known an id; empty if none was known
   * @return {@code null} if there are none
   */
  static @Nullable String runner(String known, List<QueueRow> copies) {
    return copies.stream()
        .min(
            Comparator.comparingInt(Copies::progress)
                .thenComparing(row -> !row.id().equals(known))
                .thenComparing(OLDEST))
        .map(QueueRow::id)
        .orElse(null);
  }

  /** Running first, then waiting, then over. */
  private static int progress(QueueRow row) {
    return row.state()
        .map(state -> state.meaning.isEnd() ? 2 : state.meaning.waits() ? 1 : 0)
        .orElse(0);
  }

  /** Cancels the copies of an attempt that wait while another has it. */
  static void drop(
      SlurmHost host, Attempt attempt, List<QueueRow> copies, String kept, ClusterSettings settings)
      throws InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(BatchSubmission.name(attempt));
    copies.stream()
        .filter(row -> progress(row) == 1 && !row.id().equals(kept))
        .map(QueueRow::id)
        .forEach(words::add);
    if (words.size() == 1) {
      return;
    }
    log.warn(
        "Attempt {} has several Slurm jobs. {} is kept; those that wait are cancelled: {}",
        attempt.key(),
        kept,
        words.subList(1, words.size()));
    Command command = ScriptHost.script(SlurmScripts.DROP, words.toArray(String[]::new));
    if (host.attempted(command.within(settings.commandLimit())) == null) {
      // Should one start, it finds the attempt claimed.
      log.warn("Copies of attempt {} could not be cancelled", attempt.key());
    }
  }
}
