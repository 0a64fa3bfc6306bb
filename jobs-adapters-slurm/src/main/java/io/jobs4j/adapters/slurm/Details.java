package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.RemoteJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about single jobs beyond the queue, of many in one command: the scripts that begin
 * with {@link SlurmScripts#DETAILS}, and where in their answers it is. Stateless.
 */
final class Details {
  private Details() {}

  /** Asks for the records of attempts, numbered from 0. */
  static Command ofRecords(List<Statuses.Asked> asked) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS.text());
    for (int i = 0; i < asked.size(); i++) {
      askForRecords(script, i, asked.get(i).job().attempt());
      script.append('\n');
    }
    return ScriptHost.input(script);
  }

  /**
   * Asks how jobs ended: for the records of their attempts, numbered from 0, and for what the
   * controller and accounting know.
   *
   * @param steps whether accounting is to tell of their steps as well
   */
  static Command ofEnds(
      List<Statuses.Unsettled> unsettled, ClusterSettings settings, boolean steps) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS.text());
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < unsettled.size(); i++) {
      Statuses.Unsettled one = unsettled.get(i);
      String id = one.asked().id();
      askForRecords(script, i, one.asked().job().attempt());
      QueueRow row = one.row();
      if (row != null && row.tellsItsEnd()) {
        script.append(" %s %s\n".formatted(id, row.restarts()));
      } else if (row != null) {
        script.append("\ncontroller %s\n".formatted(id));
      } else {
        script.append('\n');
      }
      ids.add(id);
    }
    if (unsettled.stream().anyMatch(one -> one.row() == null)) {
      // What is not listed may be in another cluster.
      script.append("cluster\n");
    }
    if (settings.accounting()) {
      script
          .append("accounts ")
          .append(String.join(",", ids))
          .append(' ')
          .append(ShellWords.quote(AccountingRecord.FORMAT))
          .append(steps ? "\n" : " -X\n");
    }
    return ScriptHost.input(script);
  }

  /** Asks the controller about jobs by their numbers. */
  static Command ofNumbers(Collection<Statuses.Asked> asked) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS.text());
    asked.forEach(one -> script.append("controller ").append(one.id()).append('\n'));
    return ScriptHost.input(script);
  }

  /** Leaves word in the work directories of how often jobs were queued again. */
  static Command noting(Map<Statuses.Asked, Integer> requeued) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS.text());
    requeued.forEach(
        (one, restarts) ->
            script.append(
                "restarted %s %s %s %s\n"
                    .formatted(
                        ShellWords.quote(one.job().attempt().workPath()),
                        ShellWords.quote(one.job().attempt().key()),
                        one.id(),
                        restarts)));
    return ScriptHost.input(script);
  }

  private static void askForRecords(StringBuilder script, int number, Attempt attempt) {
    script
        .append("records ")
        .append(number)
        .append(' ')
        .append(ShellWords.quote(attempt.workPath()))
        .append(' ')
        .append(ShellWords.quote(attempt.key()));
  }

  /** The record with a number, which is that of the job's attempt; {@code null} if not told. */
  static @Nullable RunRecord record(ScriptAnswer answer, int number, RemoteJob job) {
    ScriptAnswer.Frame frame = answer.frame("records-" + number);
    if (frame == null || frame.lines().isEmpty()) {
      return null;
    }
    RunRecord.Place place =
        switch (frame.lines().get(0)) {
          case "there" -> RunRecord.Place.THERE;
          case "gone" -> RunRecord.Place.GONE;
          case "away" -> RunRecord.Place.AWAY;
          default -> null;
        };
    return place == null ? null : RunRecord.of(job.attempt().key(), place, frame.lines());
  }

  /** The cluster that the record with a number names; {@code null} if it names none. */
  static @Nullable String submittedTo(ScriptAnswer answer, int number) {
    ScriptAnswer.Frame frame = answer.frame("records-" + number);
    return frame == null ? null : Clusters.submittedTo(frame.lines());
  }

  /**
   * The name of the cluster that answered; empty if it has none, {@code null} if it did not say.
   */
  static @Nullable String cluster(ScriptAnswer answer) {
    ScriptAnswer.Frame frame = answer.frame("cluster");
    return frame == null || frame.code() != 0 ? null : Clusters.nameIn(frame.lines());
  }

  /** What the controller knows of a job that has ended; {@code null} if nothing. */
  static @Nullable ControllerRecord controller(
      ScriptAnswer answer, Statuses.Unsettled one, RunRecord record) {
    QueueRow row = one.row();
    String id = one.asked().id();
    ScriptAnswer.Frame shown = controller(answer, one.asked());
    if (shown != null) {
      return shown.code() == 0
          ? ControllerRecord.of(id, one.asked().name(), shown.lines()).orElse(null)
          : null;
    }
    return row != null && row.tellsItsEnd() && record.endOf(id, row.restarts()) != null
        ? ControllerRecord.ofCompleted(row)
        : null;
  }

  /** What the controller said of a job; {@code null} without an answer, or if it was not asked. */
  static ScriptAnswer.@Nullable Frame controller(ScriptAnswer answer, Statuses.Asked one) {
    return answer.frame("controller-" + one.id());
  }

  /** Whether word was left of how often a job was queued again. */
  static boolean isNoted(ScriptAnswer answer, Statuses.Asked one) {
    return answer
        .notes()
        .getOrDefault("noted", List.of())
        .contains(one.id() + " " + one.job().attempt().key());
  }
}
