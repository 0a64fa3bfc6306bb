package io.jobs4j.adapters.slurm;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job as {@code scontrol -o show job} shows it, while the controller remembers it.
 *
 * @param stateText its state as printed
 * @param state empty if it is not known
 * @param reason why it ended so; empty if Slurm gives none
 * @param exit how its batch script ended
 * @param requeue whether Slurm may queue it again
 * @param restarts how often it was queued again
 * @param start when it started
 * @param end when it ended
 * @param nodes where it ran; empty if it never started
 */
record ControllerRecord(
    String stateText,
    Optional<SlurmState> state,
    String reason,
    Optional<ExitStatus> exit,
    boolean requeue,
    int restarts,
    @Nullable Instant start,
    @Nullable Instant end,
    String nodes) {
  /** Values of the fields that are read have no blanks, but for the reason. */
  private static final Pattern FIELD = Pattern.compile("(?<=^| )([A-Za-z:/]+)=([^ ]*)");

  private static final Pattern REASON = Pattern.compile("(?<= )Reason=(.*?) Dependency=");
  private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

  /**
   * Reads the line of job {@code id}; empty if it is not there, or that of a job of another name.
   */
  static Optional<ControllerRecord> of(String id, String name, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("JobId=" + id + " JobName=" + name + " "))
        .map(ControllerRecord::read)
        .findFirst();
  }

  /**
   * Reads the line of job {@code id}; empty if it is not there, or has neither the name of an
   * attempt nor its key as comment.
   */
  static Optional<ControllerRecord> ofAttempt(
      String id, String name, String key, List<String> lines) {
    return lines.stream()
        .filter(
            line ->
                line.startsWith("JobId=" + id + " JobName=" + name + " ")
                    || (line.startsWith("JobId=" + id + " ")
                        && line.contains(" Comment=" + key + " ")))
        .map(ControllerRecord::read)
        .findFirst();
  }

  /** What the controller has listed of a job that {@link QueueRow#tellsItsEnd tells its end}. */
  static ControllerRecord ofCompleted(QueueRow row) {
    return new ControllerRecord(
        row.stateText(),
        row.state(),
        "",
        ExitStatus.of("0:0"),
        false,
        row.restarts(),
        row.start(),
        row.end(),
        named(row.nodes()));
  }

  /** Whether this cluster does no more for it. */
  boolean isOver() {
    return state.filter(is -> is.meaning.isEnd() || is == SlurmState.REVOKED).isPresent();
  }

  private static ControllerRecord read(String line) {
    Map<String, String> fields = new HashMap<>();
    Matcher matcher = FIELD.matcher(line);
    while (matcher.find()) {
      fields.putIfAbsent(matcher.group(1), matcher.group(2));
    }
    Matcher reason = REASON.matcher(line);
    String restarts = fields.getOrDefault("Restarts", "0");
    String state = fields.getOrDefault("JobState", "");
    return new ControllerRecord(
        state,
        SlurmState.of(state),
        named(reason.find() ? reason.group(1) : ""),
        ExitStatus.of(fields.getOrDefault("ExitCode", "")),
        "1".equals(fields.get("Requeue")),
        COUNT.matcher(restarts).matches() ? Integer.parseInt(restarts) : 0,
        SlurmTimes.moment(fields.getOrDefault("StartTime", "")),
        SlurmTimes.moment(fields.getOrDefault("EndTime", "")),
        named(fields.getOrDefault("NodeList", "")));
  }

  private static String named(String value) {
    return value.equals("(null)") || value.equals("None") ? "" : value;
  }
}
