package io.jobs4j.adapters.fork;

import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ForkScripts#REPORT} said. Lines of anybody else, as login banners, do not matter.
 *
 * @param entries by the number that was asked for
 * @param refusal why an attempt cannot begin; {@code null} if nothing hinders it
 * @param complete whether it was said to the end
 */
record ForkReport(Map<Integer, Entry> entries, @Nullable Refusal refusal, boolean complete) {
  /** What a shell returns for a signal: 128 and its number. */
  private static final int SIGNALLED = 128;

  private static final int LAST_SIGNAL = 31;

  private static final Pattern JOB = Pattern.compile("jobs4j job (\\d{1,9}) (.*)");
  private static final Pattern TIME = Pattern.compile("jobs4j time (\\d{1,12}(?:\\.\\d{1,9})?)");
  private static final Pattern DETAILS =
      Pattern.compile(
          "(\\d{1,18}) (ended|running|torn|lost|cancelled|unborn|adrift|gone|missing|away|unseen)"
              + " (\\d{1,3}|none) (\\w+) (\\d{1,18}) (\\d{1,18}) (held|free) ?(.*)");

  /** Host name, boot and PID namespace of where a job runs, and of where it was looked for. */
  private static final Pattern PLACES =
      Pattern.compile("(\\S{1,255}) (\\S{1,64}) (\\S{1,20}) (\\S{1,255}) (\\S{1,64}) (\\S{1,20})");

  private static final Pattern WITHOUT_RECORD =
      Pattern.compile("\\d{1,18} (unborn|adrift|gone|missing|away) .*");

  /**
   * One attempt.
   *
   * @param process the process of its wrapper, 0 if unknown
   * @param away whether nothing can be known, because its work directory cannot be seen
   * @param status where it is; {@code null} if there is no evidence
   */
  record Entry(String process, boolean away, @Nullable RemoteStatus status) {}

  /**
   * Why an attempt cannot begin.
   *
   * @param lasting whether it will be so the next time too
   * @param reason for people
   */
  record Refusal(boolean lasting, String reason) {
    private static final Pattern LINE = Pattern.compile("jobs4j (refused|blocked) (.*)");

    /** What a line says, if it says so. */
    static @Nullable Refusal in(String line) {
      Matcher words = LINE.matcher(line);
      return words.matches() ? new Refusal(words.group(1).equals("refused"), words.group(2)) : null;
    }
  }

  /** What a script said that reports of no jobs. */
  static ForkReport of(String output) {
    return of(output, List.of());
  }

  /**
   * What a script said.
   *
   * @param workPaths of the jobs that it was asked for, by their numbers
   */
  static ForkReport of(String output, List<String> workPaths) {
    Map<Integer, String> jobs = new LinkedHashMap<>();
    List<Instant> times = new ArrayList<>();
    Refusal refusal = null;
    boolean complete = false;
    for (String line : output.lines().toList()) {
      Matcher job = JOB.matcher(line);
      Matcher time = TIME.matcher(line);
      if (job.matches()) {
        jobs.put(Integer.valueOf(job.group(1)), job.group(2));
      } else if (time.matches()) {
        times.add(instant(time.group(1)));
      } else if (line.equals("jobs4j done")) {
        complete = true;
      } else if (refusal == null) {
        refusal = Refusal.in(line);
      }
    }
    return new ForkReport(entries(jobs, times, workPaths), refusal, complete);
  }

  private static Map<Integer, Entry> entries(
      Map<Integer, String> jobs, List<Instant> times, List<String> workPaths) {
    long records = jobs.values().stream().filter(ForkReport::hasRecord).count();
    // A record that vanished in between has no time, and nobody knows which one that was.
    boolean timed = times.size() == records;
    Map<Integer, Entry> entries = new LinkedHashMap<>();
    int next = 0;
    for (Map.Entry<Integer, String> job : jobs.entrySet()) {
      Instant written = timed && hasRecord(job.getValue()) ? times.get(next++) : null;
      Matcher details = DETAILS.matcher(job.getValue());
      if (details.matches()) {
        int number = job.getKey();
        String workPath = number < workPaths.size() ? workPaths.get(number) : "";
        boolean away = details.group(2).equals("away");
        entries.put(number, new Entry(details.group(1), away, status(details, written, workPath)));
      }
    }
    return entries;
  }

  private static boolean hasRecord(String details) {
    return !WITHOUT_RECORD.matcher(details).matches();
  }

  private static @Nullable RemoteStatus status(
      Matcher details, @Nullable Instant written, String workPath) {
    Instant started = started(written, details.group(5), details.group(6));
    return switch (details.group(2)) {
      case "ended" -> ended(details.group(3), details.group(4), started, written);
      case "running", "adrift" ->
          RemoteStatus.running(started).withHeld(details.group(7).equals("held"));
      case "unseen" -> RemoteStatus.unseen(unseen(details.group(8)));
      case "missing" -> RemoteStatus.unseen(missing(workPath, details.group(8)));
      case "gone" -> RemoteStatus.lost(null, "Its run record in the work directory is gone.");
      case "cancelled", "unborn" ->
          RemoteStatus.endedBy(Cause.CANCELLED, OptionalInt.empty(), null, null, "");
      case "lost" -> RemoteStatus.lost(started, "Its processes are gone and left no exit code.");
      default -> null;
    };
  }

  /** What is said of a job that cannot be seen, by what a script says of the places. */
  static String unseen(String places) {
    Matcher words = PLACES.matcher(places);
    return words.matches()
        ? "The job runs on host %s (boot %s, PID namespace %s) and cannot be seen from host %s (boot %s, PID namespace %s)"
            .formatted(
                words.group(1),
                words.group(2),
                words.group(3),
                words.group(4),
                words.group(5),
                words.group(6))
        : "The job runs elsewhere and cannot be seen from here";
  }

  /** What is said of a job that was launched, on a host that does not have its work directory. */
  static String missing(String workPath, String host) {
    return "The work directory %s does not exist on host %s: the job ran on another host, or the directory was deleted"
        .formatted(workPath, host);
  }

  /**
   * When a job began that was at {@code at} when {@code written}; both uptimes in hundredths of a
   * second.
   */
  static @Nullable Instant started(@Nullable Instant written, String began, String at) {
    long ran = Math.max(0, Long.parseLong(at) - Long.parseLong(began));
    return written == null ? null : written.minus(Duration.ofMillis(ran * 10));
  }

  /** How a job ended by what its run record says; {@code null} if it does not say a code. */
  static @Nullable RemoteStatus ended(
      String code, String cause, @Nullable Instant started, @Nullable Instant ended) {
    if (code.equals("none")) {
      return null;
    }
    int exitCode = Integer.parseInt(code);
    boolean signalled = exitCode > SIGNALLED && exitCode <= SIGNALLED + LAST_SIGNAL;
    OptionalInt signal = signalled ? OptionalInt.of(exitCode - SIGNALLED) : OptionalInt.empty();
    return switch (cause) {
      case "limit" -> RemoteStatus.endedBy(Cause.TIME_LIMIT, signal, started, ended, "");
      case "cancelled" -> RemoteStatus.endedBy(Cause.CANCELLED, signal, started, ended, "");
      case "startup" -> RemoteStatus.endedBy(Cause.STARTUP_SCRIPT, signal, started, ended, "");
      case "modules" -> RemoteStatus.endedBy(Cause.MODULES, signal, started, ended, "");
      default ->
          signalled
              ? RemoteStatus.endedBy(Cause.SIGNALLED, signal, started, ended, "")
              : RemoteStatus.exited(exitCode, started, ended);
    };
  }

  static Instant instant(String seconds) {
    BigDecimal nanos = new BigDecimal(seconds).movePointRight(9);
    return Instant.ofEpochSecond(0, nanos.longValueExact());
  }
}
