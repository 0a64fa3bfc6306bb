package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.AttemptSearch;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.adapters.slurm.internal.Sight;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands attempts to {@code sbatch}, each once, and finds out what became of those of which the
 * answer was lost. Safe for use by several threads.
 */
final class Submissions {
  private static final Logger log = LoggerFactory.getLogger(Submissions.class);

  /** The longest that a record is waited for in one command, in tenths of a second. */
  private static final int LONGEST_WAIT = 50;

  private static final int FIRST_WAIT = 10;

  /** Calls of sbatch that fail, each after the one before has proved to have left no job. */
  private static final int MOST_FAILURES = 2;

  private static final Pattern ID = Pattern.compile("[1-9]\\d{0,9}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,11}");
  private static final Pattern BLANKS = Pattern.compile(" ");
  private static final Pattern BAR = Pattern.compile("\\|");

  private final SlurmHost host;
  private final boolean replace;
  private final boolean loginEnvironment;

  Submissions(SlurmHost host, boolean replace, boolean loginEnvironment) {
    this.host = host;
    this.replace = replace;
    this.loginEnvironment = loginEnvironment;
  }

  /**
   * A job of an attempt.
   *
   * @param fresh whether it was submitted just now
   */
  record Submitted(RemoteJob job, boolean fresh) {}

  /**
   * Submits an attempt unless it was before.
   *
   * @throws TransientAdapterException if it could not, or it is not known whether Slurm has it
   * @throws PermanentAdapterException if Slurm does not take it
   */
  Submitted submit(LaunchSpec spec) throws InterruptedException {
    BatchSubmission batch = BatchSubmission.of(spec, replace, loginEnvironment);
    Attempt attempt = spec.attempt();
    ClusterSettings settings = host.settings();
    int generation = 1;
    int failures = 0;
    while (true) {
      ScriptAnswer answer = sbatch(batch, attempt, generation, settings);
      String id = answer.note("id").filter(Submissions::isId).orElse(null);
      if (id != null) {
        cluster(answer).ifPresent(name -> host.clusters().has(name, attempt));
        return new Submitted(new RemoteJob(id, attempt), true);
      }
      String failure = "";
      if (!answer.notes().containsKey("taken")) {
        SbatchRefusal refusal = refusal(attempt, answer);
        if (refusal.verdict() != SbatchRefusal.Verdict.UNCERTAIN) {
          retract(attempt, generation);
          throw refused(refusal);
        }
        failure = refusal.text();
        log.warn("Whether Slurm took attempt {} is not known: {}", attempt.key(), failure);
      }
      Found found = resolve(attempt, settings, !failure.isEmpty());
      if (found.job() != null) {
        return new Submitted(found.job(), false);
      }
      if (!failure.isEmpty() && ++failures == MOST_FAILURES) {
        throw ScriptHost.notAnswering(
            "Slurm did not take attempt " + attempt.key() + ": " + failure);
      }
      generation = found.generation() + 1;
    }
  }

  /**
   * The job of an attempt; {@code null} if there is none.
   *
   * @throws TransientAdapterException if that cannot be found out at present
   * @throws PermanentAdapterException if there is none and the record of its run is damaged
   */
  @Nullable RemoteJob find(Attempt attempt) throws InterruptedException {
    return resolve(attempt, host.settings(), false).job();
  }

  private ScriptAnswer sbatch(
      BatchSubmission batch, Attempt attempt, int generation, ClusterSettings settings)
      throws InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(attempt.workPath(), attempt.key(), Integer.toString(generation)));
    // The host ends sbatch before the runner gives up on the host.
    Duration limit = settings.commandLimit();
    words.add(Long.toString(limit.minusSeconds(15).toSeconds()));
    words.add(host.clusters().known());
    words.addAll(batch.words());
    Command command =
        ScriptHost.script(SlurmScripts.SUBMIT, words.toArray(String[]::new))
            .withInput(batch.input());
    ScriptAnswer answer = host.ask(command, settings);
    if (answer.notes().containsKey("away")) {
      throw ScriptHost.away(attempt);
    }
    if (answer.notes().containsKey("refused")) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_LAUNCH_FAILURE,
          "Attempt %s cannot be launched in %s: there is no such directory"
              .formatted(attempt.key(), attempt.workPath()));
    }
    if (answer.notes().containsKey("blocked")) {
      throw new TransientAdapterException(
          RecoveryCondition.STORAGE_NOT_WRITABLE,
          "Attempt %s cannot be launched: its work directory %s cannot be written to"
              .formatted(attempt.key(), attempt.workPath()),
          null);
    }
    return answer;
  }

  private static SbatchRefusal refusal(Attempt attempt, ScriptAnswer answer) {
    String code = answer.note("sbatch").orElse("");
    if (!NUMBER.matcher(code).matches()) {
      throw ScriptHost.notAnswering("No answer from sbatch for attempt " + attempt.key());
    }
    List<String> said = answer.notes().getOrDefault("said", List.of());
    SbatchRefusal refusal = SbatchRefusal.of(Integer.parseInt(code), said);
    return refusal.text().isEmpty()
        ? new SbatchRefusal(refusal.verdict(), "sbatch returned " + code)
        : refusal;
  }

  private void retract(Attempt attempt, int generation) throws InterruptedException {
    Command command =
        ScriptHost.script(
            SlurmScripts.RETRACT, attempt.workPath(), attempt.key(), Integer.toString(generation));
    if (host.attempted(command) == null) {
      // The attempt is looked for before it is submitted again.
      log.warn("The intent of attempt {} could not be taken back", attempt.key());
    }
  }

  private static RuntimeException refused(SbatchRefusal refusal) {
    String message = "Slurm refused the job: " + refusal.text();
    return refusal.verdict() == SbatchRefusal.Verdict.REFUSED
        ? new PermanentAdapterException(ConditionCode.JOB_LAUNCH_FAILURE, message)
        : new TransientAdapterException(
            message.contains("Submit")
                ? RecoveryCondition.QUOTA_EXCEEDED
                : RecoveryCondition.SCHEDULER_NOT_ANSWERING,
            message,
            null);
  }

  /**
   * Finds out what became of an attempt: its job, or the certainty that there is none.
   *
   * @param ended whether the last submission is known to have come to an end; another's may still
   *     be under way
   * @throws TransientAdapterException if neither can be had at present
   * @throws PermanentAdapterException if there is no job and the record of its run is damaged
   */
  private Found resolve(Attempt attempt, ClusterSettings settings, boolean ended)
      throws InterruptedException {
    long window = settings.submissionWindow().toSeconds();
    int wait = (int) Math.max(1, Math.min(LONGEST_WAIT, window * 10 / 4));
    AttemptSearch search =
        new AttemptSearch(settings.submissionWindow(), settings.commandLimit(), ended);
    Sight sight = sight(attempt, settings, Math.min(FIRST_WAIT, wait));
    AttemptSearch.Finding finding = search.after(sight);
    while (finding == AttemptSearch.Finding.LOOK_AGAIN) {
      sight = sight(attempt, settings, wait);
      finding = search.after(sight);
    }
    if (finding == AttemptSearch.Finding.UNKNOWN) {
      throw ScriptHost.notAnswering(
          "Whether Slurm has attempt " + attempt.key() + " cannot be found out: " + sight.why());
    }
    return finding == AttemptSearch.Finding.FOUND
        ? new Found(sight.job(), sight.generation())
        : nothing(attempt, sight);
  }

  /** The certainty that Slurm has no job of an attempt. */
  private static Found nothing(Attempt attempt, Sight sight) {
    if (sight.damaged()) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_LAUNCH_FAILURE,
          "Attempt %s is not submitted again: it may have run, and its record in %s/.jobs4j cannot be read"
              .formatted(attempt.key(), attempt.workPath()));
    }
    return new Found(null, sight.generation());
  }

  Sight sight(Attempt attempt, ClusterSettings settings, int wait) throws InterruptedException {
    ScriptAnswer answer =
        host.ask(
            ScriptHost.script(
                SlurmScripts.LOOK,
                attempt.workPath(),
                attempt.key(),
                BatchSubmission.name(attempt),
                Integer.toString(wait),
                settings.accounting() ? "yes" : "no",
                QueueRow.FORMAT),
            settings);
    if (answer.notes().containsKey("away")) {
      throw ScriptHost.away(attempt);
    }
    long now = number(answer.note("now"));
    int generation = (int) number(answer.note("generation"));
    long intent = number(answer.note("intent").map(Submissions::firstWord));
    String recorded =
        // The first line is that of the job that claimed the attempt.
        answer.notes().getOrDefault("run", List.of()).stream()
            .findFirst()
            .or(() -> answer.note("id"))
            .map(Submissions::firstWord)
            .filter(Submissions::isId)
            .orElse(null);
    if (recorded != null) {
      RemoteJob job = new RemoteJob(recorded, attempt);
      return new Sight(job, generation, intent, now, false, false, "");
    }
    ScriptAnswer.Frame queue = answer.frame("squeue");
    ScriptAnswer.Frame accounts = answer.frame("sacct");
    String why = "";
    String id = null;
    if (queue == null || queue.code() != 0) {
      why = "squeue: " + (queue == null ? "no answer" : queue.error());
    } else {
      List<QueueRow> copies =
          Copies.byName(queue.lines()).getOrDefault(BatchSubmission.name(attempt), List.of());
      id = Copies.runner("", copies);
      if (id != null) {
        Copies.drop(host, attempt, copies, id, settings);
      } else if (settings.accounting()) {
        if (accounts == null || (accounts.code() != 0 && !AccountingRecord.isDisabled(accounts))) {
          why = "sacct: " + (accounts == null ? "no answer" : accounts.error());
        } else {
          id = firstOf(accounts.lines());
        }
      }
    }
    if (id == null) {
      Clusters.requireHere(attempt, answer);
      boolean damaged = answer.notes().containsKey("damaged");
      return new Sight(null, generation, intent, now, why.isEmpty(), damaged, why);
    }
    RemoteJob found = new RemoteJob(id, attempt);
    adopt(found, cluster(answer).orElse(""));
    return new Sight(found, generation, intent, now, false, false, "");
  }

  private static @Nullable String firstOf(List<String> accounts) {
    return accounts.stream()
        .map(line -> BAR.split(line, -1)[0])
        .filter(Submissions::isId)
        .min(Comparator.comparingLong(Long::parseLong))
        .orElse(null);
  }

  /** The cluster that answered, if that was asked. */
  private static Optional<String> cluster(ScriptAnswer answer) {
    return answer.note("cluster").filter(name -> !name.isEmpty());
  }

  private static String firstWord(String text) {
    return BLANKS.split(text, -1)[0];
  }

  private void adopt(RemoteJob job, String cluster) throws InterruptedException {
    Attempt attempt = job.attempt();
    Command command =
        ScriptHost.script(
            SlurmScripts.ADOPT, attempt.workPath(), attempt.key(), job.remoteJobId(), cluster);
    if (host.attempted(command) == null) {
      log.warn("The id of attempt {} could not be noted", attempt.key());
    }
  }

  /** Whether the number of a job is known; until then it is looked for by its name. */
  static boolean isNumbered(RemoteJob job) {
    return isId(job.remoteJobId());
  }

  private static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  private static long number(Optional<String> text) {
    return text.filter(digits -> NUMBER.matcher(digits).matches()).map(Long::parseLong).orElse(0L);
  }

  /** What became of an attempt, and how many submissions of it were begun. */
  private record Found(@Nullable RemoteJob job, int generation) {}
}
