package io.jobs4j.adapters.slurm;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job as {@code squeue} lists it, in columns of fixed width, since any separator could stand in
 * the text of a reason.
 *
 * @param id of the job
 * @param stateText its state as printed
 * @param state empty if it is not known
 * @param restarts how often it was queued again
 * @param start when it started; while it waits, when it may start
 * @param end when it ended; while it runs, when its time is over
 * @param submitted when it was submitted, or last queued again
 * @param name the job's name
 * @param reason why it waits
 * @param nodes where it runs or ran; empty if that is unknown or too long
 */
record QueueRow(
    String id,
    String stateText,
    Optional<SlurmState> state,
    int restarts,
    @Nullable Instant start,
    @Nullable Instant end,
    @Nullable Instant submitted,
    String name,
    String reason,
    String nodes) {
  /** The columns, for the option {@code -O}. */
  static final String FORMAT =
      "JobID:16,State:32,RestartCnt:12,StartTime:28,EndTime:28,SubmitTime:28,Name:216,Reason:128,"
          + "NodeList:120";

  private static final int[] WIDTHS = {16, 32, 12, 28, 28, 28, 216, 128, 120};
  private static final int NODES = 8;
  private static final Pattern ID = Pattern.compile("\\d{1,10}");
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /** Whether it is completed, and all that the controller would say of that is here. */
  boolean tellsItsEnd() {
    return state.filter(is -> is == SlurmState.COMPLETED).isPresent()
        && start != null
        && end != null
        && !nodes.isEmpty();
  }

  /** Reads a line; empty if it is none of them. */
  static Optional<QueueRow> of(String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    String[] fields = new String[WIDTHS.length];
    int from = 0;
    for (int i = 0; i < WIDTHS.length; i++) {
      int to = Math.min(bytes.length, from + WIDTHS[i]);
      fields[i] = new String(bytes, from, to - from, StandardCharsets.UTF_8).strip();
      from = to;
    }
    if (!ID.matcher(fields[0]).matches() || fields[1].isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new QueueRow(
            fields[0],
            fields[1],
            SlurmState.of(fields[1]),
            COUNT.matcher(fields[2]).matches() ? Integer.parseInt(fields[2]) : 0,
            SlurmTimes.moment(fields[3]),
            SlurmTimes.moment(fields[4]),
            SlurmTimes.moment(fields[5]),
            fields[6],
            fields[7],
            fields[NODES].length() < WIDTHS[NODES] ? fields[NODES] : ""));
  }
}
