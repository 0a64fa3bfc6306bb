package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.core.spi.RemoteUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A job as {@code sacct} knows it: its last run, if it was queued again.
 *
 * @param stateText its state as printed
 * @param state empty if it is not known
 * @param restarts how often it was queued again
 * @param cancelledBy number or name of the user who cancelled it; empty if nobody did
 * @param exit how its batch script ended
 * @param submitted when it was submitted, or last queued again
 * @param start when it started
 * @param end when it ended
 * @param usage what it used
 */
record AccountingRecord(
    String stateText,
    Optional<SlurmState> state,
    int restarts,
    String cancelledBy,
    Optional<ExitStatus> exit,
    @Nullable Instant submitted,
    @Nullable Instant start,
    @Nullable Instant end,
    RemoteUsage usage) {
  /**
   * A job that is asked about. Its number alone does not do: one that the cluster has given again
   * may be that of two attempts.
   */
  record Job(String id, String name) {}

  /** The columns, for the option {@code -o} with {@code -P}. */
  static final String FORMAT =
      "JobIDRaw,State,ExitCode,Submit,Start,End,ElapsedRaw,TotalCPU,MaxRSS,NodeList,JobName";

  /** What a shell returns for a command that is not there. */
  private static final int NO_COMMAND = 127;

  private static final int COLUMNS = 11;
  private static final int NAME = 10;
  private static final Pattern SEPARATOR = Pattern.compile("\\|");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
  private static final Pattern STEP = Pattern.compile("(\\d{1,10})\\..+");
  private static final Pattern BY = Pattern.compile("\\S+ by (\\S+)");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");

  /**
   * Reads all lines, each job's before those of its steps; of several runs of a job, steps
   * included, the one submitted last counts. A number that the cluster has given again is that of
   * several jobs, of which those that are not asked about do not count.
   */
  static Map<Job, AccountingRecord> of(Set<Job> asked, List<String> lines) {
    Map<Job, AccountingRecord> records = new HashMap<>();
    Map<String, Job> ours = new HashMap<>();
    for (String line : lines) {
      List<String> fields = List.of(SEPARATOR.split(line, COLUMNS));
      if (fields.size() != COLUMNS) {
        continue;
      }
      String id = fields.get(0);
      Matcher step = STEP.matcher(id);
      if (NUMBER.matcher(id).matches()) {
        Job job = new Job(id, fields.get(NAME));
        if (!asked.contains(job)) {
          ours.remove(id);
          continue;
        }
        ours.put(id, job);
        AccountingRecord record = read(fields);
        AccountingRecord known = records.get(job);
        records.put(job, known == null ? record : known.and(record));
      } else if (step.matches()) {
        Job job = ours.get(step.group(1));
        if (job != null) {
          OptionalLong memory = SlurmSizes.bytes(fields.get(8));
          Instant start = SlurmTimes.moment(fields.get(4));
          records.computeIfPresent(job, (key, record) -> record.withStep(start, memory));
        }
      }
    }
    return records;
  }

  /** This and another run of the job: the later of them. */
  private AccountingRecord and(AccountingRecord other) {
    boolean last = isAfter(submitted, other.submitted);
    AccountingRecord later = last ? this : other;
    AccountingRecord earlier = last ? other : this;
    // A job that changed its size has a record for each.
    boolean resized = earlier.stateText.equals(SlurmState.RESIZING.name());
    return later.with(restarts + other.restarts + (resized ? 0 : 1), later.usage);
  }

  private AccountingRecord with(int restartCount, RemoteUsage used) {
    return new AccountingRecord(
        stateText, state, restartCount, cancelledBy, exit, submitted, start, end, used);
  }

  private static boolean isAfter(@Nullable Instant one, @Nullable Instant other) {
    return one != null && (other == null || one.isAfter(other));
  }

  private static AccountingRecord read(List<String> fields) {
    Matcher by = BY.matcher(fields.get(1));
    String elapsed = fields.get(6);
    return new AccountingRecord(
        fields.get(1),
        SlurmState.of(fields.get(1)),
        0,
        by.matches() ? by.group(1) : "",
        ExitStatus.of(fields.get(2)),
        SlurmTimes.moment(fields.get(3)),
        SlurmTimes.moment(fields.get(4)),
        SlurmTimes.moment(fields.get(5)),
        new RemoteUsage(
            SECONDS.matcher(elapsed).matches() ? Duration.ofSeconds(Long.parseLong(elapsed)) : null,
            SlurmTimes.span(fields.get(7)),
            SlurmSizes.bytes(fields.get(8)),
            fields.get(9).startsWith("None") ? "" : fields.get(9)));
  }

  /** Adds what a step used; those of earlier runs of the job do not count. */
  private AccountingRecord withStep(@Nullable Instant begun, OptionalLong memory) {
    if (memory.isEmpty() || (start != null && begun != null && begun.isBefore(start))) {
      return this;
    }
    long most = Math.max(memory.getAsLong(), usage.maxMemory().orElse(0));
    return with(
        restarts,
        new RemoteUsage(usage.elapsed(), usage.cpuTime(), OptionalLong.of(most), usage.nodes()));
  }

  /** Whether accounting cannot be asked here: there is none, or not the command for it. */
  static boolean isDisabled(ScriptAnswer.Frame accounts) {
    return accounts.code() == NO_COMMAND
        || accounts.error().contains("accounting storage is disabled");
  }
}
