package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.shell.ShellWords;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs on a Slurm cluster through the commands of a host that a {@link CommandRunner} reaches:
 * a login node, or this machine. It needs {@code sbatch}, {@code squeue}, {@code scancel} and
 * {@code scontrol}, a work directory that the cluster's nodes share with the host, and no
 * accounting; where there is accounting, it tells more. Safe for use by several threads, and for
 * several schedulers on one cluster.
 *
 * <p><b>Once.</b> Before {@code sbatch} is called, an intent is noted in {@code .jobs4j} of the
 * work directory, and its answer after it by the host itself, so that neither the death of this
 * process nor a lost connection loses it. An attempt with an intent and no answer is looked for by
 * its name, {@code jobs-} and its key, until it is found, or until the cluster has answered for
 * twice its {@code MessageTimeout} that there is none. Of several that are found the oldest is kept
 * and the others are cancelled. Should two Slurm jobs of an attempt start all the same, the record
 * that the batch script creates in the work directory lets only the first of them run it.
 *
 * <p><b>What is asked for.</b> Nodes, {@code --ntasks-per-node} with the processors on each, so
 * that {@code srun} and MPI start a task for each processor, {@code --time} in whole minutes,
 * {@code --mem} in MiB, and the partition. Directives of the queue come after them and count: any
 * option for tasks takes the place of {@code --ntasks-per-node}, as {@code -c} for programs with
 * threads. Slurm does not queue a job again by itself ({@code --no-requeue}) unless the directives
 * have {@code --requeue}; the job then runs again in the same work directory. A job has the
 * environment of a login of its user on its node, which is what {@code --export=NONE} gives, and
 * its own variables; nothing of this process's.
 *
 * <p><b>The end.</b> A job has succeeded if Slurm says COMPLETED and its script returned zero. A
 * job that Slurm has forgotten ended as accounting or the batch script's record say; if neither
 * does, it is lost, after a time of grace in which the cluster has answered. What a shell returns
 * for a program that a signal ended, 129 to 159, counts as that signal.
 *
 * <p><b>Hold.</b> A waiting job is held in the queue. A running one is suspended if the user may do
 * that, which takes the rights of an operator; otherwise all its processes are stopped, and the
 * time counts for its time limit.
 */
public final class SlurmScheduler implements RemoteScheduler {
  private static final Logger log = LoggerFactory.getLogger(SlurmScheduler.class);

  private static final int JOBS_PER_COMMAND = 200;

  /** Of jobs that have ended much is said, a line for each of their steps. */
  private static final int SETTLED_PER_COMMAND = 50;

  private static final int MOST_DETAILS = 8 << 20;

  /** How long what is known of the cluster's configuration is believed. */
  private static final Duration SETTINGS_LAST = Duration.ofDays(1);

  /** The longest that a record is waited for in one command, in tenths of a second. */
  private static final int LONGEST_WAIT = 50;

  private static final int FIRST_WAIT = 10;

  /** Calls of sbatch that fail, each after the one before has proved to have left no job. */
  private static final int MOST_FAILURES = 2;

  /** What a shell returns for a command that is not there. */
  private static final int NO_COMMAND = 127;

  private static final Pattern ID = Pattern.compile("[1-9]\\d{0,9}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,11}");
  private static final Pattern BLANKS = Pattern.compile(" ");
  private static final Pattern BAR = Pattern.compile("\\|");

  private final CommandRunner runner;
  private final Clock clock;
  private final boolean replace;
  private final Sightings sightings;

  /** State words that were logged because they are not known. */
  private final Set<String> unknownStates = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Known known;

  /**
   * A scheduler for the cluster of a runner's host.
   *
   * @param runner not closed by the scheduler
   * @param clock measures times of grace
   * @param replace whether the directives of a queue, if there are any, take the place of all
   *     resources that would be asked for
   */
  public SlurmScheduler(CommandRunner runner, Clock clock, boolean replace) {
    this.runner = runner;
    this.clock = clock;
    this.replace = replace;
    this.sightings = new Sightings(clock);
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    BatchSubmission batch = BatchSubmission.of(spec, replace);
    Attempt attempt = spec.attempt();
    ClusterSettings settings = settings();
    int generation = 1;
    int failures = 0;
    while (true) {
      SlurmAnswer answer = sbatch(batch, attempt, generation, settings);
      String id = answer.note("id").filter(text -> ID.matcher(text).matches()).orElse(null);
      if (id != null) {
        return new Submission(new RemoteJob(id, attempt), RemoteStatus.queued(""));
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
        return new Submission(found.job(), statusOf(found.job()));
      }
      if (!failure.isEmpty() && ++failures == MOST_FAILURES) {
        throw notAnswering("Slurm did not take attempt " + attempt.key() + ": " + failure);
      }
      generation = found.generation() + 1;
    }
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    BatchSubmission.checked(attempt);
    return Optional.ofNullable(resolve(attempt, settings(), false).job());
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
      throws InterruptedException {
    List<Asked> asked = new ArrayList<>();
    List<RemoteJob> nameless = new ArrayList<>();
    for (RemoteJob job : new LinkedHashSet<>(jobs)) {
      BatchSubmission.checked(job.attempt());
      if (isNumbered(job)) {
        asked.add(new Asked(job, job.remoteJobId(), false));
      } else {
        nameless.add(job);
      }
    }
    Map<RemoteJob, RemoteStatus> statuses = new LinkedHashMap<>();
    TransientAdapterException failure = null;
    int answered = 0;
    for (RemoteJob job : nameless) {
      try {
        Sight sight = sight(job.attempt(), settings(), 0);
        if (sight.job() != null) {
          asked.add(new Asked(job, sight.job().remoteJobId(), false));
        } else if (sight.absent() && sightings.believed(job)) {
          statuses.put(job, RemoteStatus.lost(null, "Slurm has no job of this attempt."));
        }
        answered++;
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    for (int from = 0; from < asked.size(); from += JOBS_PER_COMMAND) {
      List<Asked> some = asked.subList(from, Math.min(asked.size(), from + JOBS_PER_COMMAND));
      try {
        statuses.putAll(look(some));
        answered++;
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      if (answered == 0) {
        throw failure;
      }
      log.warn("Some jobs could not be looked at: {}", failure.getMessage());
    }
    return statuses;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Word is left in the work directory, so that an attempt that Slurm starts later does not run.
   *
   * @throws TransientAdapterException if Slurm does not answer, or the id of the job is not known
   *     and no word could be left
   */
  @Override
  public void cancel(RemoteJob job) throws InterruptedException {
    Attempt attempt = BatchSubmission.checked(job.attempt());
    ClusterSettings settings = settings();
    List<String> words = new ArrayList<>(List.of(attempt.workPath(), attempt.key()));
    if (isNumbered(job)) {
      words.add(job.remoteJobId());
      scancel(words, SlurmScripts.CANCEL, settings);
      return;
    }
    SlurmAnswer answer = ask(script(SlurmScripts.CANCEL, words.toArray(String[]::new)), settings);
    if (answer.notes().containsKey("away")) {
      throw away(attempt);
    }
    if (!answer.notes().containsKey("marked")) {
      throw new TransientAdapterException(
          RecoveryCondition.STORAGE_NOT_WRITABLE,
          "Attempt %s cannot be marked as cancelled in %s"
              .formatted(attempt.key(), attempt.workPath()),
          null);
    }
    // Whoever submits it from now on launches nothing.
    String id = idOf(job, settings);
    if (id != null) {
      scancel(List.of(id), SlurmScripts.CANCEL_ONLY, settings);
    }
  }

  @Override
  public void hold(RemoteJob job) throws InterruptedException {
    steer(job, SlurmScripts.HOLD, "hold");
  }

  @Override
  public void release(RemoteJob job) throws InterruptedException {
    steer(job, SlurmScripts.RELEASE, "release");
  }

  @Override
  public void probe() throws InterruptedException {
    answered(ask(script(SlurmScripts.PROBE), settings()), "squeue");
  }

  @Override
  public void close() {}

  // Submission

  private SlurmAnswer sbatch(
      BatchSubmission batch, Attempt attempt, int generation, ClusterSettings settings)
      throws InterruptedException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(attempt.workPath(), attempt.key(), Integer.toString(generation)));
    // The host ends sbatch before the runner gives up on the host.
    Duration limit = settings.commandLimit();
    words.add(Long.toString(limit.minusSeconds(15).toSeconds()));
    words.addAll(batch.words());
    Command command =
        script(SlurmScripts.SUBMIT, words.toArray(String[]::new)).withInput(batch.script());
    SlurmAnswer answer = ask(command, settings);
    if (answer.notes().containsKey("away")) {
      throw away(attempt);
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

  private static SbatchRefusal refusal(Attempt attempt, SlurmAnswer answer) {
    String code = answer.note("sbatch").orElse("");
    if (!NUMBER.matcher(code).matches()) {
      throw notAnswering("No answer from sbatch for attempt " + attempt.key());
    }
    List<String> said = answer.notes().getOrDefault("said", List.of());
    SbatchRefusal refusal = SbatchRefusal.of(Integer.parseInt(code), said);
    return refusal.text().isEmpty()
        ? new SbatchRefusal(refusal.verdict(), "sbatch returned " + code)
        : refusal;
  }

  private void retract(Attempt attempt, int generation) throws InterruptedException {
    Command command =
        script(
            SlurmScripts.RETRACT, attempt.workPath(), attempt.key(), Integer.toString(generation));
    if (!SlurmAnswer.of(runner.run(command).output()).complete()) {
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

  private RemoteStatus statusOf(RemoteJob job) throws InterruptedException {
    try {
      return statuses(List.of(job)).getOrDefault(job, RemoteStatus.queued(""));
    } catch (TransientAdapterException e) {
      log.warn("Attempt {} was found and cannot be looked at", job.attempt().key(), e);
      return RemoteStatus.queued("");
    }
  }

  /**
   * Finds out what became of an attempt: its job, or the certainty that there is none.
   *
   * @param ended whether the last submission is known to have come to an end; another's may still
   *     be under way
   * @throws TransientAdapterException if neither can be had at present
   */
  private Found resolve(Attempt attempt, ClusterSettings settings, boolean ended)
      throws InterruptedException {
    long window = settings.submissionWindow().toSeconds();
    int wait = (int) Math.max(1, Math.min(LONGEST_WAIT, window * 10 / 4));
    Sight first = sight(attempt, settings, Math.min(FIRST_WAIT, wait));
    long firstLook = first.now();
    long firstAbsence = -1;
    int generation = first.generation();
    Sight sight = first;
    while (true) {
      RemoteJob job = sight.job();
      if (job != null) {
        return new Found(job, sight.generation());
      }
      if (sight.generation() != generation) {
        generation = sight.generation();
        ended = false;
        firstAbsence = -1;
      }
      if (sight.absent()) {
        if (generation == 0) {
          return new Found(null, 0);
        }
        firstAbsence = firstAbsence < 0 ? sight.now() : firstAbsence;
        long age = Math.max(0, firstAbsence - sight.intent());
        long enough = ended ? window : Math.max(window, settings.commandLimit().toSeconds() - age);
        if (sight.now() - firstAbsence >= enough) {
          return new Found(null, generation);
        }
      } else {
        firstAbsence = -1;
        if (generation == 0 || sight.now() - firstLook >= window) {
          throw notAnswering(
              "Whether Slurm has attempt "
                  + attempt.key()
                  + " cannot be found out: "
                  + sight.why());
        }
      }
      sight = sight(attempt, settings, wait);
    }
  }

  private Sight sight(Attempt attempt, ClusterSettings settings, int wait)
      throws InterruptedException {
    SlurmAnswer answer =
        ask(
            script(
                SlurmScripts.LOOK,
                attempt.workPath(),
                attempt.key(),
                BatchSubmission.name(attempt),
                Integer.toString(wait),
                settings.accounting() ? "yes" : "no",
                QueueRow.FORMAT),
            settings);
    if (answer.notes().containsKey("away")) {
      throw away(attempt);
    }
    long now = number(answer.note("now"));
    int generation = (int) number(answer.note("generation"));
    long intent = number(answer.note("intent"));
    String recorded =
        answer
            .note("run")
            .map(text -> BLANKS.split(text, -1)[0])
            .or(() -> answer.note("id"))
            .filter(text -> ID.matcher(text).matches())
            .orElse(null);
    if (recorded != null) {
      return new Sight(new RemoteJob(recorded, attempt), generation, intent, now, false, "");
    }
    List<String> ids = new ArrayList<>();
    String why = named(attempt, answer, settings, ids);
    if (ids.isEmpty()) {
      return new Sight(null, generation, intent, now, why.isEmpty(), why);
    }
    RemoteJob oldest = new RemoteJob(ids.get(0), attempt);
    if (ids.size() > 1) {
      log.warn("Attempt {} has several Slurm jobs: {}. The first is kept.", attempt.key(), ids);
      scancel(ids.subList(1, ids.size()), SlurmScripts.CANCEL_ONLY, settings);
    }
    adopt(oldest);
    return new Sight(oldest, generation, intent, now, false, "");
  }

  /** Adds the ids of the jobs of that name, oldest first; returns what could not be looked at. */
  private static String named(
      Attempt attempt, SlurmAnswer answer, ClusterSettings settings, List<String> ids) {
    SlurmAnswer.Frame queue = answer.frame("squeue");
    if (queue == null || queue.code() != 0) {
      return "squeue: " + (queue == null ? "no answer" : queue.error());
    }
    queue.lines().stream()
        .map(QueueRow::of)
        .flatMap(Optional::stream)
        .filter(row -> row.name().equals(BatchSubmission.name(attempt)))
        .map(QueueRow::id)
        .sorted((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
        .forEach(ids::add);
    if (!ids.isEmpty() || !settings.accounting()) {
      return "";
    }
    SlurmAnswer.Frame accounts = answer.frame("sacct");
    if (accounts == null || (accounts.code() != 0 && !isDisabled(accounts))) {
      return "sacct: " + (accounts == null ? "no answer" : accounts.error());
    }
    accounts.lines().stream()
        .map(line -> BAR.split(line, -1)[0])
        .filter(id -> ID.matcher(id).matches())
        .distinct()
        .sorted((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b)))
        .forEach(ids::add);
    return "";
  }

  private void adopt(RemoteJob job) throws InterruptedException {
    Attempt attempt = job.attempt();
    Command command =
        script(SlurmScripts.ADOPT, attempt.workPath(), attempt.key(), job.remoteJobId());
    if (!SlurmAnswer.of(runner.run(command).output()).complete()) {
      log.warn("The id of attempt {} could not be noted", attempt.key());
    }
  }

  // Statuses

  private Map<RemoteJob, RemoteStatus> look(List<Asked> asked) throws InterruptedException {
    ClusterSettings settings = settings();
    Map<String, QueueRow> rows = queue(asked, settings);
    Map<RemoteJob, RemoteStatus> statuses = new LinkedHashMap<>();
    List<Unsettled> unsettled = new ArrayList<>();
    for (Asked one : asked) {
      QueueRow row = rows.get(one.id());
      if (row != null && !row.name().equals(BatchSubmission.name(one.job().attempt()))) {
        // The cluster has given the number again.
        row = null;
      }
      if (row == null) {
        unsettled.add(new Unsettled(one, null));
        continue;
      }
      SlurmState state = row.state().orElse(null);
      if (state == null) {
        if (unknownStates.add(row.stateText())) {
          log.warn("Slurm's state {} is not known; jobs in it stay as they are", row.stateText());
        }
        continue;
      }
      if (state.meaning.isEnd()) {
        unsettled.add(new Unsettled(one, row));
        continue;
      }
      sightings.alive(one.job(), row.restarts());
      RemoteStatus status = active(one.job(), row, state);
      if (status != null) {
        statuses.put(one.job(), status);
      }
    }
    for (int from = 0; from < unsettled.size(); from += SETTLED_PER_COMMAND) {
      int to = Math.min(from + SETTLED_PER_COMMAND, unsettled.size());
      try {
        settle(unsettled.subList(from, to), settings, statuses);
      } catch (TransientAdapterException e) {
        if (statuses.isEmpty()) {
          throw e;
        }
        log.warn("How some jobs ended could not be found out: {}", e.getMessage());
      }
    }
    return statuses;
  }

  private Map<String, QueueRow> queue(List<Asked> asked, ClusterSettings settings)
      throws InterruptedException {
    List<String> ids = new ArrayList<>(asked.stream().map(Asked::id).toList());
    if (ids.size() == 1) {
      // Of one job alone that it does not know squeue says an error.
      ids.add(ids.get(0));
    }
    SlurmAnswer answer =
        ask(script(SlurmScripts.QUEUE, String.join(",", ids), QueueRow.FORMAT), settings);
    Map<String, QueueRow> rows = new HashMap<>();
    for (String line : answered(answer, "squeue").lines()) {
      QueueRow.of(line).ifPresent(row -> rows.put(row.id(), row));
    }
    return rows;
  }

  /** The status of a job that is not over; {@code null} if its state says nothing. */
  private @Nullable RemoteStatus active(RemoteJob job, QueueRow row, SlurmState state) {
    return switch (state.meaning) {
      case RUNNING -> RemoteStatus.running(row.start());
      case STANDING -> RemoteStatus.running(row.start()).withReason("Suspended");
      case WAITING, HELD -> {
        PendingReason reason = PendingReason.of(state, row.reason());
        if (reason.kind() == PendingReason.Kind.HOPELESS && sightings.warn(job, reason.word())) {
          log.warn(
              "Job {} of attempt {} waits in vain: {}",
              row.id(),
              job.attempt().key(),
              reason.text());
        }
        yield RemoteStatus.queued(reason.text());
      }
      default -> null;
    };
  }

  /** Finds out how jobs ended that Slurm says are over, or does not list any more. */
  private void settle(
      List<Unsettled> unsettled, ClusterSettings settings, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    SlurmAnswer answer = ask(details(unsettled, settings), settings);
    SlurmAnswer.Frame accounts = answer.frame("sacct");
    Map<String, AccountingRecord> accounted =
        accounts != null && accounts.code() == 0 ? AccountingRecord.of(accounts.lines()) : Map.of();
    boolean accountsAnswered =
        !settings.accounting()
            || (accounts != null && (accounts.code() == 0 || isDisabled(accounts)));
    List<Asked> elsewhere = new ArrayList<>();
    for (int i = 0; i < unsettled.size(); i++) {
      Unsettled one = unsettled.get(i);
      RunRecord record = record(one.asked().job(), answer.frame("records-" + i));
      if (record == null) {
        continue;
      }
      String id = one.asked().id();
      if (!record.owner().isEmpty() && !record.owner().equals(id) && !one.asked().followed()) {
        log.warn(
            "Attempt {} runs as Slurm job {}, not as {}",
            one.asked().job().attempt().key(),
            record.owner(),
            id);
        elsewhere.add(new Asked(one.asked().job(), record.owner(), true));
        continue;
      }
      SlurmAnswer.Frame shown = answer.frame("controller-" + id);
      ControllerRecord controller =
          shown != null && shown.code() == 0
              ? ControllerRecord.of(id, shown.lines()).orElse(null)
              : null;
      RemoteStatus status = settled(one, record, controller, accounted.get(id), accountsAnswered);
      if (status != null) {
        statuses.put(one.asked().job(), status);
      }
    }
    if (!elsewhere.isEmpty()) {
      statuses.putAll(look(elsewhere));
    }
  }

  private @Nullable RemoteStatus settled(
      Unsettled one,
      RunRecord record,
      @Nullable ControllerRecord controller,
      @Nullable AccountingRecord accounting,
      boolean accountsAnswered) {
    RemoteJob job = one.asked().job();
    QueueRow row = one.row();
    int restarts = Math.max(sightings.restarts(job), row == null ? 0 : row.restarts());
    SlurmState state =
        row != null
            ? row.state().orElse(null)
            : accounting != null ? accounting.state().orElse(null) : null;
    if (controller != null && row != null) {
      // It was asked later, and the job may have been queued again meanwhile.
      restarts = Math.max(restarts, controller.restarts());
      state = controller.state().orElse(state);
      if (state != null && !state.meaning.isEnd()) {
        sightings.alive(job, restarts);
        return null;
      }
    }
    if (row != null
        && controller == null
        && state != null
        && state.meaning == SlurmState.Meaning.INTERRUPTED) {
      // Only the controller knows whether it is queued again.
      return null;
    }
    RunRecord.End end = record.endOf(one.asked().id(), restarts);
    if (state != null && state.meaning.isEnd()) {
      boolean again =
          state.meaning == SlurmState.Meaning.INTERRUPTED
              && controller != null
              && controller.requeue()
              && !sightings.believed(job);
      return again
          ? RemoteStatus.queued(state + ": Slurm will queue it again")
          : new SlurmOutcome(state, restarts, controller, accounting, record, end).status();
    }
    return row == null ? forgotten(one.asked(), record, end, accountsAnswered) : null;
  }

  /** The status of a job that neither the controller nor accounting knows the end of. */
  private @Nullable RemoteStatus forgotten(
      Asked asked, RunRecord record, RunRecord.@Nullable End end, boolean accountsAnswered) {
    if (!accountsAnswered) {
      return null;
    }
    if (end != null) {
      return new SlurmOutcome(SlurmState.COMPLETED, 0, null, null, record, end).status();
    }
    if (record.place() == RunRecord.Place.AWAY || !sightings.believed(asked.job())) {
      return null;
    }
    Instant began = record.began();
    return RemoteStatus.lost(
        began,
        "Slurm does not know job "
            + asked.id()
            + " any more, and "
            + (record.place() == RunRecord.Place.GONE
                ? "its work directory is gone."
                : began == null ? "its script never started." : "its script left no exit code."));
  }

  private static @Nullable RunRecord record(RemoteJob job, SlurmAnswer.@Nullable Frame frame) {
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

  private static Command details(List<Unsettled> unsettled, ClusterSettings settings) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < unsettled.size(); i++) {
      Unsettled one = unsettled.get(i);
      Attempt attempt = one.asked().job().attempt();
      String id = one.asked().id();
      script
          .append("records ")
          .append(i)
          .append(' ')
          .append(ShellWords.quote(attempt.workPath()))
          .append(' ')
          .append(ShellWords.quote(attempt.key()))
          .append('\n');
      if (one.row() != null) {
        script.append("controller ").append(id).append('\n');
      }
      ids.add(id);
    }
    if (settings.accounting()) {
      script
          .append("accounts ")
          .append(String.join(",", ids))
          .append(' ')
          .append(ShellWords.quote(AccountingRecord.FORMAT))
          .append('\n');
    }
    return Command.of("/bin/sh")
        .withInput(script.append(SlurmScripts.DONE).toString())
        .withOutputLimit(MOST_DETAILS);
  }

  /** Whether accounting cannot be asked here: there is none, or not the command for it. */
  private static boolean isDisabled(SlurmAnswer.Frame accounts) {
    return accounts.code() == NO_COMMAND
        || accounts.error().contains("accounting storage is disabled");
  }

  // Steering

  /** The id of a job, which may be known by its attempt alone; {@code null} if there is none. */
  private @Nullable String idOf(RemoteJob job, ClusterSettings settings)
      throws InterruptedException {
    if (isNumbered(job)) {
      return job.remoteJobId();
    }
    Sight sight = sight(job.attempt(), settings, 0);
    if (sight.job() == null && !sight.absent()) {
      throw notAnswering(
          "Whether Slurm has attempt "
              + job.attempt().key()
              + " cannot be found out: "
              + sight.why());
    }
    return sight.job() == null ? null : sight.job().remoteJobId();
  }

  private static boolean isNumbered(RemoteJob job) {
    return ID.matcher(job.remoteJobId()).matches();
  }

  private void scancel(List<String> words, String text, ClusterSettings settings)
      throws InterruptedException {
    SlurmAnswer answer = ask(script(text, words.toArray(String[]::new)), settings);
    SlurmAnswer.Frame frame = answer.frame("scancel");
    // Its success proves nothing, and of jobs that are over it may say an error.
    if (frame == null
        || (frame.code() != 0
            && frame.errors().stream()
                .anyMatch(error -> !error.contains("Invalid job id") && !isOverText(error)))) {
      throw notAnswering("scancel: " + (frame == null ? "no answer" : frame.error()));
    }
  }

  private static boolean isOverText(String error) {
    return error.contains("already completing or completed");
  }

  private void steer(RemoteJob job, String text, String frameName) throws InterruptedException {
    BatchSubmission.checked(job.attempt());
    ClusterSettings settings = settings();
    String id = idOf(job, settings);
    if (id == null) {
      return;
    }
    SlurmAnswer answer = ask(script(text, id), settings);
    SlurmAnswer.Frame frame = answer.frame(frameName);
    if (frame == null) {
      // It is over, or suspended now.
      if (answer.note("state").equals(Optional.of("unknown"))) {
        throw unanswered("squeue", null);
      }
      return;
    }
    if (frame.code() != 0) {
      throw notAnswering("Slurm job " + id + " could not be changed: " + frame.error());
    }
  }

  // Commands

  private ClusterSettings settings() throws InterruptedException {
    Known current = known;
    Instant now = clock.instant();
    if (current != null && now.isBefore(current.until())) {
      return current.settings();
    }
    SlurmAnswer answer;
    try {
      answer = SlurmAnswer.of(runner.run(script(SlurmScripts.SETTINGS)).output());
    } catch (TransientAdapterException e) {
      if (current != null) {
        return current.settings();
      }
      throw e;
    }
    SlurmAnswer.Frame frame = answer.frame("config");
    if (frame == null || frame.code() != 0) {
      if (current != null) {
        return current.settings();
      }
      throw unanswered("scontrol", frame);
    }
    ClusterSettings settings = ClusterSettings.of(frame.lines());
    known = new Known(settings, now.plus(SETTINGS_LAST));
    if (current == null) {
      log.debug("Slurm is configured as {}", settings);
    }
    return settings;
  }

  private SlurmAnswer ask(Command command, ClusterSettings settings) throws InterruptedException {
    CommandResult result = runner.run(command.within(settings.commandLimit()));
    SlurmAnswer answer = SlurmAnswer.of(result.output());
    if (!answer.complete()) {
      String error = result.error().strip();
      throw notAnswering(
          "No complete answer from the host of Slurm's commands: exit code "
              + result.exitCode()
              + (error.isEmpty() ? "" : ", " + error.lines().limit(3).toList()));
    }
    return answer;
  }

  private static SlurmAnswer.Frame answered(SlurmAnswer answer, String name) {
    SlurmAnswer.Frame frame = answer.frame(name);
    if (frame == null || frame.code() != 0) {
      throw unanswered(name, frame);
    }
    return frame;
  }

  private static TransientAdapterException unanswered(
      String command, SlurmAnswer.@Nullable Frame frame) {
    return notAnswering(
        frame == null
            ? "No answer from " + command
            : "No answer from "
                + command
                + ": exit code "
                + frame.code()
                + (frame.errors().isEmpty() ? "" : ", " + frame.error()));
  }

  private static TransientAdapterException notAnswering(String message) {
    return new TransientAdapterException(RecoveryCondition.SCHEDULER_NOT_ANSWERING, message, null);
  }

  private static TransientAdapterException away(Attempt attempt) {
    return new TransientAdapterException(
        RecoveryCondition.SYSTEM_NOT_AVAILABLE,
        "The work directory %s of attempt %s and the directory above it are missing: its file system"
                .formatted(attempt.workPath(), attempt.key())
            + " seems to be away",
        null);
  }

  private static Command script(String text, String... arguments) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", text, "jobs4j"));
    words.addAll(List.of(arguments));
    return Command.of(words);
  }

  private static long number(Optional<String> text) {
    return text.filter(digits -> NUMBER.matcher(digits).matches()).map(Long::parseLong).orElse(0L);
  }

  /**
   * A job to look at.
   *
   * @param id of the Slurm job that runs it
   * @param followed whether that id is from the job's record
   */
  private record Asked(RemoteJob job, String id, boolean followed) {}

  /** A job that is over, or that the controller does not list: then {@code row} is null. */
  private record Unsettled(Asked asked, @Nullable QueueRow row) {}

  /** What became of an attempt, and how many submissions of it were begun. */
  private record Found(@Nullable RemoteJob job, int generation) {}

  /**
   * One look at an attempt.
   *
   * @param job that was found
   * @param generation how many submissions of it were begun
   * @param intent when the last of them was
   * @param now the host's time
   * @param absent whether all answered that there is none
   * @param why what could not be looked at
   */
  private record Sight(
      @Nullable RemoteJob job, int generation, long intent, long now, boolean absent, String why) {}

  private record Known(ClusterSettings settings, Instant until) {}
}
