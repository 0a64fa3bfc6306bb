package io.jobs4j.adapters.fork;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each job as a session of processes on a Linux host that a {@link CommandRunner} reaches.
 * Safe for use by several threads, and for several schedulers on one host.
 *
 * <p>An attempt belongs to the launch that creates its run record in {@code .jobs4j} of the work
 * directory, which the file system grants only once. The same record takes the exit code, so that
 * it can be read after anything but a loss of the file system has happened. It holds the process
 * and the boot; the process has the key of the attempt in its command line, or is known by when it
 * began, so that neither a process number in use again nor a restart of the host is mistaken for
 * the job.
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
  private static final Logger log = LoggerFactory.getLogger(ForkScheduler.class);

  private static final int JOBS_PER_COMMAND = 500;

  /** How long a launch may take to claim its attempt. */
  private static final Duration CLAIM_LIMIT = Duration.ofSeconds(10);

  private static final Pattern CLAIM =
      Pattern.compile("jobs4j run (\\d+)(?: (\\d{1,12}(?:\\.\\d{1,9})?))? ?");

  /** The process of an attempt that none is known of. */
  private static final String UNKNOWN = "0";

  private static final String LANGUAGE = "LANG";

  private static final String UNSEEN = "jobs4j unseen ";
  private static final String MISSING = "jobs4j missing ";

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,200}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final CommandRunner runner;
  private final LaunchShells shells;
  private final List<Consumer<RemoteJob>> listeners = new CopyOnWriteArrayList<>();

  /** Jobs whose end will be told of. */
  private final Set<RemoteJob> followed = ConcurrentHashMap.newKeySet();

  /** What jobs begin with; {@code null} until the host knew the account. */
  private volatile @Nullable Map<String, String> base;

  /**
   * A scheduler for the host of a runner.
   *
   * @param runner not closed by the scheduler
   */
  public ForkScheduler(CommandRunner runner) {
    this.runner = runner;
    this.shells = new LaunchShells(runner);
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    Attempt attempt = checked(spec.attempt());
    DetachedCommand launched = launch(spec);
    String line = launched.firstLine();
    ForkReport.Refusal refusal = ForkReport.Refusal.in(line);
    if (refusal != null) {
      throw failure(attempt, refusal);
    }
    Matcher claim = CLAIM.matcher(line);
    Submission submission =
        claim.matches()
            ? new Submission(
                new RemoteJob(claim.group(1), attempt),
                RemoteStatus.running(started(attempt, claim.group(2))))
            : await(attempt);
    if (!submission.status().isOver()) {
      launched.onExit().ifPresent(exit -> follow(submission.job(), exit));
    }
    return submission;
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    // Of a job without a number nobody says that it was launched.
    ForkReport report = report("", List.of(new RemoteJob(UNKNOWN, checked(attempt))));
    ForkReport.Entry entry = report.entries().get(0);
    if (entry != null && entry.away()) {
      throw away(attempt);
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
          runner.sharesFiles() ? RunRecord.end(checked(job.attempt())) : Optional.empty();
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
    Attempt attempt = checked(job.attempt());
    CommandResult result =
        succeed(script(ForkScripts.MARK, attempt, isNumbered(job) ? "launched" : ""));
    List<String> lines = result.output().lines().toList();
    if (lines.contains("jobs4j over")) {
      return;
    }
    refuseUnseen(attempt, result);
    var unused = runner.launch(script(ForkScripts.KILL, attempt));
    if (lines.contains("jobs4j marked")) {
      return;
    }
    if (lines.contains("jobs4j away")) {
      throw away(attempt);
    }
    ForkReport.Refusal refusal = ForkReport.of(result.output()).refusal();
    if (refusal == null) {
      throw unanswered("the cancellation of attempt " + attempt.key(), result);
    }
    throw notWritten("cancelled", attempt, refusal);
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
    listeners.add(listener);
  }

  @Override
  public boolean tellsOf(RemoteJob job) {
    return followed.contains(job);
  }

  @Override
  public void close() {
    listeners.clear();
    shells.close();
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
      throw failure(attempt, report.refusal());
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
      Attempt attempt = checked(job.attempt());
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
      throw unanswered("the report of jobs", result);
    }
    return report;
  }

  /** Whether the job was seen as a process, and so launched. */
  private static boolean isNumbered(RemoteJob job) {
    return !job.remoteJobId().isEmpty() && !job.remoteJobId().equals(UNKNOWN);
  }

  private void signal(RemoteJob job, String signal) throws InterruptedException {
    Attempt attempt = checked(job.attempt());
    CommandResult result = succeed(script(ForkScripts.SIGNAL, attempt, signal));
    refuseUnseen(attempt, result);
    ForkReport.Refusal refusal = ForkReport.of(result.output()).refusal();
    if (refusal != null) {
      throw notWritten("held", attempt, refusal);
    }
  }

  private static void refuseUnseen(Attempt attempt, CommandResult result) {
    for (String line : result.output().lines().toList()) {
      String why = null;
      if (line.startsWith(UNSEEN)) {
        why = ForkReport.unseen(line.substring(UNSEEN.length()));
      } else if (line.startsWith(MISSING)) {
        why = ForkReport.missing(attempt.workPath(), line.substring(MISSING.length()));
      }
      if (why != null) {
        throw new TransientAdapterException(
            RecoveryCondition.JOB_NOT_VISIBLE,
            "Attempt %s: %s".formatted(attempt.key(), why),
            null);
      }
    }
  }

  private static TransientAdapterException notWritten(
      String what, Attempt attempt, ForkReport.Refusal refusal) {
    return new TransientAdapterException(
        RecoveryCondition.STORAGE_NOT_WRITABLE,
        "Attempt %s cannot be marked as %s in %s: %s"
            .formatted(attempt.key(), what, attempt.workPath(), refusal.reason()),
        null);
  }

  private CommandResult succeed(Command command) throws InterruptedException {
    CommandResult result = runner.run(command);
    if (!result.succeeded()) {
      throw unanswered("command " + command.words().get(0), result);
    }
    return result;
  }

  private void follow(RemoteJob job, CompletionStage<Void> exit) {
    followed.add(job);
    var unused =
        exit.whenComplete(
            (nothing, failure) -> {
              followed.remove(job);
              tell(job);
            });
  }

  private void tell(RemoteJob job) {
    for (Consumer<RemoteJob> listener : listeners) {
      try {
        listener.accept(job);
      } catch (RuntimeException e) {
        log.warn("A listener failed on the end of attempt {}", job.attempt().key(), e);
      }
    }
  }

  private DetachedCommand launch(LaunchSpec spec) throws InterruptedException {
    List<String> words = arguments(spec);
    Map<String, String> variables = new TreeMap<>(base());
    Map<String, String> environment = new TreeMap<>(spec.environment());
    // Programs that know a language load it, which takes them as long as all the rest of a start.
    String language = variables.remove(LANGUAGE);
    if (language != null) {
      environment.putIfAbsent(LANGUAGE, language);
    }
    String exports = exports(environment);
    if (runner.sharesFiles()) {
      Optional<DetachedCommand> launched = shells.launch(variables, words, exports, CLAIM_LIMIT);
      if (launched.isPresent()) {
        return launched.get();
      }
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", ForkScripts.wrapper(spec.attempt().key()), "jobs4j"));
    command.addAll(words);
    return runner.launchAndListen(
        Command.of(command).withOnly(variables).withInput(exports).within(CLAIM_LIMIT));
  }

  /** Those of {@link ForkScripts#wrapper}. */
  private static List<String> arguments(LaunchSpec spec) {
    BigDecimal limit = spec.maxRunTime() == null ? null : hundredths(spec.maxRunTime());
    return List.of(
        spec.attempt().workPath(),
        spec.attempt().key(),
        fileName("output", spec.output()),
        fileName("error", spec.error()),
        limit == null ? "" : limit.toBigIntegerExact().toString(),
        limit == null ? "" : limit.movePointLeft(2).stripTrailingZeros().toPlainString(),
        fileName("script", spec.script()));
  }

  /** What the host says of the account, which stays as it is. */
  private Map<String, String> base() throws InterruptedException {
    Map<String, String> known = base;
    if (known == null) {
      known = BaseEnvironment.of(runner);
      if (BaseEnvironment.hasAccount(known)) {
        base = known;
      }
    }
    return known;
  }

  /** What a shell reads to set variables, with lines that show whether it arrived whole. */
  private static String exports(Map<String, String> environment) {
    StringBuilder exports = new StringBuilder("# jobs4j environment\n");
    new TreeMap<>(environment)
        .forEach(
            (name, value) ->
                // A shell does not end for what "command" refuses.
                exports
                    .append("command export ")
                    .append(ShellWords.quote(variable(name, value)))
                    .append('\n'));
    return exports.append("# jobs4j end").toString();
  }

  private static Command script(ShellScript script, Attempt attempt, String... arguments) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of("/bin/sh", "-c", script.text(), "jobs4j", attempt.workPath(), attempt.key()));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  /** Rounded up, so that no limit becomes none. */
  private static BigDecimal hundredths(Duration time) {
    return BigDecimal.valueOf(time.getSeconds())
        .movePointRight(2)
        .add(BigDecimal.valueOf(time.getNano()).movePointLeft(7))
        .setScale(0, RoundingMode.CEILING);
  }

  private static Attempt checked(Attempt attempt) {
    if (!KEY.matcher(attempt.key()).matches()) {
      throw invalid("attempt key", attempt.key(), "1 to 200 letters, digits and hyphens");
    }
    if (!attempt.workPath().startsWith("/") || attempt.workPath().indexOf('\0') >= 0) {
      throw invalid("workPath", attempt.workPath(), "an absolute path");
    }
    return attempt;
  }

  private static String fileName(String field, String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw invalid(field, name, "the name of a file in the work directory");
    }
    return name;
  }

  private static String variable(String name, String value) {
    if (!VARIABLE.matcher(name).matches()) {
      throw invalid("environment variable", name, "a name of letters, digits and underscores");
    }
    if (value.indexOf('\0') >= 0) {
      // The value may be a secret.
      throw invalid("environment variable", name, "one without NUL characters in its value");
    }
    return name + "=" + value;
  }

  private static PermanentAdapterException invalid(String field, String value, String right) {
    return new PermanentAdapterException(
        ConditionCode.JOB_LAUNCH_FAILURE,
        "The " + field + " \"" + value.replace("\0", "\\0") + "\" is not " + right);
  }

  private static JobsException failure(Attempt attempt, ForkReport.Refusal refusal) {
    String message =
        "Attempt "
            + attempt.key()
            + " cannot be launched in "
            + attempt.workPath()
            + ": "
            + refusal.reason();
    return refusal.lasting()
        ? new PermanentAdapterException(ConditionCode.JOB_LAUNCH_FAILURE, message)
        : new TransientAdapterException(RecoveryCondition.STORAGE_NOT_WRITABLE, message, null);
  }

  private static TransientAdapterException away(Attempt attempt) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The work directory "
            + attempt.workPath()
            + " of attempt "
            + attempt.key()
            + " cannot be seen: its file system seems to be away, or the account may not search it",
        null);
  }

  private static TransientAdapterException unanswered(String what, CommandResult result) {
    String error = result.error().strip();
    return new TransientAdapterException(
        RecoveryCondition.SCHEDULER_NOT_ANSWERING,
        "No answer from "
            + what
            + ": exit code "
            + result.exitCode()
            + (error.isEmpty() ? "" : ", " + error.lines().limit(3).toList()),
        null);
  }

  private static String arguments(int number, Attempt attempt) {
    return number
        + " "
        + ShellWords.quote(attempt.workPath())
        + " "
        + ShellWords.quote(attempt.key());
  }
}
