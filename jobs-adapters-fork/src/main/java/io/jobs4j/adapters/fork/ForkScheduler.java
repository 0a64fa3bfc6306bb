package io.jobs4j.adapters.fork;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs each job as a session of processes on a Linux host that a {@link CommandRunner} reaches.
 * Safe for use by several threads, and for several schedulers on one host.
 *
 * <p>Each attempt has a run record, a file in {@code .jobs4j} of the work directory. The launch
 * that creates the record runs the attempt; the file system lets only one launch create it. The
 * record also takes the exit code, which can therefore be read after any crash that leaves the file
 * system intact. It names the process and the boot of the host. A process counts as that of the
 * attempt only if its command line has the attempt's key or it began at the recorded time. So
 * neither a reused process number nor a restart of the host is mistaken for the job.
 *
 * <p>The processes of a job are known by the variable {@code JOBS4J_ATTEMPT} in their environment
 * and by their session.
 *
 * <p>The record also says on which host, boot and PID namespace the job runs. A job that runs
 * elsewhere, as on another host that shares the files, is {@link RemoteStatus.State#UNSEEN}, and
 * can neither be held nor cancelled, until its record tells of its end or it is looked for from
 * there.
 *
 * <p>A job has the variables of {@link BaseEnvironment} and those of its {@link LaunchSpec}, and no
 * others. None of the latter is on a command line or in a file.
 *
 * <p>What a shell returns for a program that a signal ended, 128 and the number of the signal, a
 * program may also return by itself: 129 to 159 always count as signals. Time in which a job is
 * held counts for its time limit, at which it is ended also while it is held. On a host that the
 * runner cannot converse with, a job without a time limit that sends KILL to its whole process
 * group also kills what would record its end, and is lost.
 */
public final class ForkScheduler implements RemoteScheduler {
  private static final int JOBS_PER_COMMAND = 500;

  private static final Pattern CLAIM =
      Pattern.compile("jobs4j run (\\d+)(?: (\\d{1,12}(?:\\.\\d{1,9})?))? ?");

  /** The process of an attempt that none is known of. */
  private static final String UNKNOWN = "0";

  private final CommandRunner runner;
  private final Launcher launcher;
  private final FollowedJobs followed = new FollowedJobs();

  /**
   * A scheduler for the host of a runner.
   *
   * @param runner not closed by the scheduler
   */
  public ForkScheduler(CommandRunner runner) {
    this.runner = runner;
    this.launcher = new Launcher(runner);
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    Attempt attempt = LaunchChecks.requireAttempt(spec.attempt());
    DetachedCommand launched = launcher.launch(spec);
    String line = launched.firstLine();
    ForkReport.Refusal refusal = ForkReport.Refusal.in(line);
    if (refusal != null) {
      throw ForkFailures.notLaunched(attempt, refusal);
    }
    Matcher claim = CLAIM.matcher(line);
    Submission submission =
        claim.matches()
            ? new Submission(
                new RemoteJob(claim.group(1), attempt),
                RemoteStatus.running(started(attempt, claim.group(2))))
            : await(attempt);
    if (!submission.status().isOver()) {
      launched.onExit().ifPresent(exit -> followed.follow(submission.job(), exit));
    }
    return submission;
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    // Of a job without a number nobody says that it was launched.
    ForkReport report =
        report("", List.of(new RemoteJob(UNKNOWN, LaunchChecks.requireAttempt(attempt))));
    ForkReport.Entry entry = report.entries().get(0);
    if (entry != null && entry.away()) {
      throw ForkFailures.away(attempt);
    }
    return Optional.ofNullable(entry).map(found -> new RemoteJob(found.process(), attempt));
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
      throws InterruptedException {
    Map<RemoteJob, RemoteStatus> statuses = new LinkedHashMap<>();
    List<RemoteJob> asked = new ArrayList<>();
    for (RemoteJob job : new LinkedHashSet<>(jobs)) {
      Optional<RemoteStatus> end =
          runner.sharesFiles()
              ? RunRecord.end(LaunchChecks.requireAttempt(job.attempt()))
              : Optional.empty();
      end.ifPresentOrElse(status -> statuses.put(job, status), () -> asked.add(job));
    }
    for (int from = 0; from < asked.size(); from += JOBS_PER_COMMAND) {
      List<RemoteJob> some = asked.subList(from, Math.min(asked.size(), from + JOBS_PER_COMMAND));
      ForkReport report = report("", some);
      report
          .entries()
          .forEach(
              (number, entry) -> {
                RemoteStatus status = entry.status();
                if (status != null && number < some.size()) {
                  statuses.put(some.get(number), status);
                }
              });
    }
    return statuses;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Processes are ended even if the file system of the work directory is away, but then nothing
   * keeps the attempt from being claimed later, and the cancellation has to be asked for again.
   *
   * @throws TransientAdapterException if no word could be left in the work directory, or if the job
   *     cannot be seen from here; then nothing has been done
   */
  @Override
  public void cancel(RemoteJob job) throws InterruptedException {
    Attempt attempt = LaunchChecks.requireAttempt(job.attempt());
    CommandResult result =
        succeed(script(ForkScripts.MARK, attempt, isNumbered(job) ? "launched" : ""));
    List<String> lines = result.output().lines().toList();
    if (lines.contains("jobs4j over")) {
      return;
    }
    ForkFailures.refuseUnseen(attempt, result);
    var unused = runner.launch(script(ForkScripts.KILL, attempt));
    if (lines.contains("jobs4j marked")) {
      return;
    }
    if (lines.contains("jobs4j away")) {
      throw ForkFailures.away(attempt);
    }
    ForkReport.Refusal refusal = ForkReport.of(result.output()).refusal();
    if (refusal == null) {
      throw ForkFailures.unanswered("the cancellation of attempt " + attempt.key(), result);
    }
    throw ForkFailures.notWritten("cancelled", attempt, refusal);
  }

  @Override
  public void hold(RemoteJob job) throws InterruptedException {
    signal(job, "STOP");
  }

  @Override
  public void release(RemoteJob job) throws InterruptedException {
    signal(job, "CONT");
  }

  @Override
  public void probe() throws InterruptedException {
    succeed(Command.of("true"));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Told of are the ends of the processes that this scheduler launched itself, if the runner
   * sees them; it may be told before {@link #submit} has returned.
   */
  @Override
  public void onChange(Consumer<RemoteJob> listener) {
    followed.addListener(listener);
  }

  @Override
  public boolean tellsOf(RemoteJob job) {
    return followed.contains(job);
  }

  @Override
  public void close() {
    followed.forgetListeners();
    launcher.close();
  }

  /** When a job began by the clock of its host, so that all its times are by one. */
  private @Nullable Instant started(Attempt attempt, @Nullable String said) {
    if (said != null) {
      return ForkReport.instant(said);
    }
    return runner.sharesFiles() ? RunRecord.claimed(attempt) : null;
  }

  /** Another launch has the attempt, or nobody listened: the record says what came of it. */
  private Submission await(Attempt attempt) throws InterruptedException {
    String wait = ForkScripts.AWAIT.text() + "await " + arguments(0, attempt) + "\n";
    ForkReport report = report(wait, List.of(new RemoteJob(UNKNOWN, attempt)));
    ForkReport.Entry entry = report.entries().get(0);
    if (report.refusal() != null) {
      throw ForkFailures.notLaunched(attempt, report.refusal());
    }
    if (entry == null) {
      throw new TransientAdapterException(
          RecoveryCondition.SCHEDULER_NOT_ANSWERING,
          "Attempt " + attempt.key() + " was launched and did not begin",
          null);
    }
    RemoteStatus status = entry.status();
    return new Submission(
        new RemoteJob(entry.process(), attempt),
        status == null ? RemoteStatus.running(null) : status);
  }

  private ForkReport report(String prelude, List<RemoteJob> jobs) throws InterruptedException {
    StringBuilder script = new StringBuilder(ForkScripts.REPORT.text()).append("measure");
    for (RemoteJob job : jobs) {
      Attempt attempt = LaunchChecks.requireAttempt(job.attempt());
      String record = attempt.workPath() + "/.jobs4j/" + attempt.key() + ".run";
      script.append(' ').append(ShellWords.quote(record));
    }
    script.append('\n').append(prelude);
    for (int i = 0; i < jobs.size(); i++) {
      script.append("job ").append(arguments(i, jobs.get(i).attempt()));
      if (isNumbered(jobs.get(i))) {
        script.append(" launched");
      }
      script.append(" && set -- \"$@\" \"$run\"\n");
    }
    script.append(ForkScripts.CLOSING.text());
    CommandResult result = succeed(Command.of("/bin/sh").withInput(script.toString()));
    ForkReport report =
        ForkReport.of(result.output(), jobs.stream().map(job -> job.attempt().workPath()).toList());
    if (!report.complete()) {
      throw ForkFailures.unanswered("the report of jobs", result);
    }
    return report;
  }

  /** Whether the job was seen as a process, and so launched. */
  private static boolean isNumbered(RemoteJob job) {
    return !job.remoteJobId().isEmpty() && !job.remoteJobId().equals(UNKNOWN);
  }

  private void signal(RemoteJob job, String signal) throws InterruptedException {
    Attempt attempt = LaunchChecks.requireAttempt(job.attempt());
    CommandResult result = succeed(script(ForkScripts.SIGNAL, attempt, signal));
    ForkFailures.refuseUnseen(attempt, result);
    ForkReport.Refusal refusal = ForkReport.of(result.output()).refusal();
    if (refusal != null) {
      throw ForkFailures.notWritten("held", attempt, refusal);
    }
  }

  private CommandResult succeed(Command command) throws InterruptedException {
    CommandResult result = runner.run(command);
    if (!result.succeeded()) {
      throw ForkFailures.unanswered("command " + command.words().get(0), result);
    }
    return result;
  }

  private static Command script(ShellScript script, Attempt attempt, String... arguments) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of("/bin/sh", "-c", script.text(), "jobs4j", attempt.workPath(), attempt.key()));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  private static String arguments(int number, Attempt attempt) {
    return number
        + " "
        + ShellWords.quote(attempt.workPath())
        + " "
        + ShellWords.quote(attempt.key());
  }
}
