package io.jobs4j.adapters.slurm.internal;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the batch script left in the work directory.
 *
 * @param owner id of the job that runs the attempt; empty if none has started to
 * @param restart which run of that job was the last to start, from 0
 * @param began when its last run began; {@code null} if none has or nobody knows
 * @param end how its last run ended; {@code null} if it has not been recorded
 * @param requeues how often that job is known to have been queued again
 * @param cancelled whether somebody asked us to end it
 * @param place what is known of the work directory
 */
public record RunRecord(
    String owner,
    int restart,
    @Nullable Instant began,
    @Nullable End end,
    int requeues,
    boolean cancelled,
    Place place) {
  /** What is known of a work directory. */
  public enum Place {
    THERE,
    /** Somebody deleted it. */
    GONE,
    /** Its file system seems to be missing, so nothing can be said. */
    AWAY
  }

  /**
   * How a run ended.
   *
   * @param job the id of the job
   * @param restart which run of the job, from 0
   * @param code what the launch script returned
   * @param cause how it came to return
   * @param began when it began
   * @param ended when it ended
   */
  public record End(String job, int restart, int code, Cause cause, Instant began, Instant ended) {
    /** Whether it tells of a failure. */
    public boolean tellsFailure() {
      return code != 0 || cause != Cause.EXITED;
    }
  }

  /** How a run came to return. The record has the names in small letters. */
  public enum Cause {
    /** By itself, or by a signal that a shell told as a number. */
    EXITED,
    /** It was not even started, because it had been cancelled. */
    CANCELLED,
    /** In the startup script of the system. */
    STARTUP,
    /** While it loaded modules. */
    MODULES
  }

  /** What is said of an attempt before anything was asked about it. */
  public static final RunRecord NONE = new RunRecord("", 0, null, null, 0, false, Place.THERE);

  private static final Pattern RUN = Pattern.compile("run (\\d{1,10}) (\\d{1,9}) (\\d{1,11})");
  private static final Pattern RESTARTS = Pattern.compile("restarts (\\d{1,10}) (\\d{1,9})");
  private static final Pattern END =
      Pattern.compile(
          "end (\\S{1,200}) (\\d{1,10}) (\\d{1,9}) (\\d{1,3}) (exited|cancelled|startup|modules)"
              + " (\\d{1,11}) (\\d{1,11})");

  /**
   * Reads the lines of the records of an attempt; what no batch script writes does not count.
   *
   * @param key of the attempt
   */
  public static RunRecord of(String key, Place place, List<String> lines) {
    String owner = "";
    int restart = 0;
    Instant began = null;
    End end = null;
    int requeues = 0;
    for (String line : lines) {
      Matcher run = RUN.matcher(line);
      Matcher ended = END.matcher(line);
      Matcher restarts = RESTARTS.matcher(line);
      if (run.matches() && (owner.isEmpty() || owner.equals(run.group(1)))) {
        owner = run.group(1);
        restart = Integer.parseInt(run.group(2));
        began = Instant.ofEpochSecond(Long.parseLong(run.group(3)));
        requeues = Math.max(requeues, restart);
      } else if (restarts.matches() && restarts.group(1).equals(owner)) {
        requeues = Math.max(requeues, Integer.parseInt(restarts.group(2)));
      } else if (ended.matches() && ended.group(1).equals(key)) {
        end =
            new End(
                ended.group(2),
                Integer.parseInt(ended.group(3)),
                Integer.parseInt(ended.group(4)),
                Cause.valueOf(ended.group(5).toUpperCase(Locale.ROOT)),
                Instant.ofEpochSecond(Long.parseLong(ended.group(6))),
                Instant.ofEpochSecond(Long.parseLong(ended.group(7))));
      }
    }
    boolean cancelled = lines.contains("cancel");
    return new RunRecord(owner, restart, began, end, requeues, cancelled, place);
  }

  /** The end of a job's run, if it is that of {@code restarts} or a later one. */
  public @Nullable End endOf(String job, int restarts) {
    return end != null && end.job().equals(job) && end.restart() >= restarts ? end : null;
  }
}
