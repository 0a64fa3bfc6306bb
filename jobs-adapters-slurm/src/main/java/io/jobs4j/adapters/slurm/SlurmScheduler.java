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
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * twice its {@code MessageTimeout} that there is none. Should there be two Slurm jobs of an attempt
 * all the same, the record that the batch script creates in the work directory lets only the first
 * of them that starts run it, and that one is followed from then on; the other ends without doing
 * anything, and is cancelled if it still waits. What is asked for of a job, as to cancel or hold
 * it, is asked for of all Slurm jobs of its attempt. All of this goes by the name; numbers, which a
 * cluster may give again, are believed of nobody else's jobs. A job that has another name by now,
 * or belongs to another user, is asked for by its number before it is taken to be lost, and is ours
 * if its comment is the key.
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
 * <p><b>Output.</b> The files are emptied by the job that runs the attempt, for each run, and
 * otherwise appended to ({@code --open-mode=append}), so that a copy that does nothing spoils none;
 * directives with {@code --open-mode} decide otherwise.
 *
 * <p><b>The end.</b> A job has succeeded if Slurm says COMPLETED and its script returned zero. A
 * job that Slurm has forgotten ended as accounting or the batch script's record say; if neither
 * does, it is lost, after a time of grace in which the cluster has answered. What a shell returns
 * for a program that a signal ended, 129 to 159, counts as that signal. A state that is not known
 * leaves a job where it is. What an earlier run of a job that was queued again recorded is not
 * believed, by the count of the controller, of accounting, or of the note that is left in the work
 * directory when the count is first seen; where none of these saw it, as without accounting when
 * nobody looked between the requeue and the time the controller forgot the job, it is.
 *
 * <p><b>Federations.</b> A job that a sibling cluster has taken is looked for there, and lost if
 * none has it. It is steered as far as the commands of this cluster reach it.
 *
 * <p><b>Hold.</b> A waiting job is held in the queue. A running one is suspended if the user may do
 * that, which takes the rights of an operator; otherwise all its processes are stopped, and the
 * time counts for its time limit.
 */
public final class SlurmScheduler implements RemoteScheduler {
  private static final Logger log = LoggerFactory.getLogger(SlurmScheduler.class);

  /**
   * Slurm sends all jobs of the user for each look at the queue, however many names are asked for.
   */
  private static final int JOBS_PER_LOOK = 2_000;

  /** Of the names in one look: less than Linux takes in one argument. */
  private static final int NAMES_LENGTH = 120_000;

  /** Of jobs that have ended much is said, a line for each of their steps. */
  private static final int SETTLED_PER_COMMAND = 50;

  private static final int MOST_DETAILS = 8 << 20;

  /** State words that are warned about. */
  private static final int MOST_UNKNOWN = 100;

  /** How long what is known of the cluster's configuration is believed. */
  private static final Duration SETTINGS_LAST = Duration.ofDays(1);

  /** The longest that a record is waited for in one command, in tenths of a second. */
  private static final int LONGEST_WAIT = 50;

  private static final int FIRST_WAIT = 10;

  /**
   * How long a cluster that does not say how it is configured is left in peace: doubled each time.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Calls of sbatch that fail, each after the one before has proved to have left no job. */
  private static final int MOST_FAILURES = 2;

  /** What a shell returns for a command that is not there. */
  private static final int NO_COMMAND = 127;

  private static final Pattern ID = Pattern.compile("[1-9]\\d{0,9}");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,11}");

  private static final Comparator<QueueRow> OLDEST =
      Comparator.comparingLong(row -> Long.parseLong(row.id()));

  private static final Pattern BLANKS = Pattern.compile(" ");
  private static final Pattern BAR = Pattern.compile("\\|");

  private final CommandRunner runner;
  private final Clock clock;
  private final boolean replace;
  private final Sightings sightings;

  /** State words that were logged because they are not known. */
  private final Set<String> unknownStates = ConcurrentHashMap.newKeySet();

  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Known known;
  private volatile @Nullable Pause pause;

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
          String id = sight.job().remoteJobId();
          sightings.found(job, id);
          asked.add(new Asked(job, id, false));
        } else if (sight.absent() && sightings.believed(job)) {
          statuses.put(job, RemoteStatus.lost(null, "Slurm has no job of this attempt."));
        }
        answered++;
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    for (List<Asked> some : looks(asked)) {
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

  private static List<List<Asked>> looks(List<Asked> asked) {
    List<List<Asked>> looks = new ArrayList<>();
    int from = 0;
    int length = 0;
    for (int i = 0; i < asked.size(); i++) {
      int more = asked.get(i).name().length() + 1;
      if (i - from == JOBS_PER_LOOK || length + more > NAMES_LENGTH) {
        looks.add(asked.subList(from, i));
        from = i;
        length = 0;
      }
      length += more;
    }
    if (from < asked.size()) {
      looks.add(asked.subList(from, asked.size()));
    }
    return looks;
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
    String name = BatchSubmission.name(attempt);
    Command command =
        script(SlurmScripts.CANCEL, attempt.workPath(), attempt.key(), name, number(job));
    SlurmAnswer answer = ask(command, settings());
    if (!answer.notes().containsKey("seen")) {
      throw unseen(answer);
    }
    for (Map.Entry<String, SlurmAnswer.Frame> entry : answer.frames().entrySet()) {
      SlurmAnswer.Frame frame = entry.getValue();
      // Its success proves nothing, and of jobs that are over it may say an error.
      if (frame.code() != 0
          && frame.errors().stream()
              .anyMatch(error -> !error.contains("Invalid job id") && !isOverText(error))) {
        throw notAnswering("scancel: " + frame.error());
      }
    }
    if (isNumbered(job)) {
      return;
    }
    // Without word, whoever submits it from now on would launch it.
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
  }

  @Override
  public void hold(RemoteJob job) throws InterruptedException {
    steer(job, SlurmScripts.HOLD);
  }

  @Override
  public void release(RemoteJob job) throws InterruptedException {
    steer(job, SlurmScripts.RELEASE);
  }

  @Override
  public void probe() throws InterruptedException {
    answered(ask(script(SlurmScripts.PROBE), settings(true)), "squeue");
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
    if (attempted(command) == null) {
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
   * @throws PermanentAdapterException if there is no job and the record of its run is damaged
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
          return nothing(attempt, sight);
        }
        firstAbsence = firstAbsence < 0 ? sight.now() : firstAbsence;
        long age = Math.max(0, firstAbsence - sight.intent());
        long enough = ended ? window : Math.max(window, settings.commandLimit().toSeconds() - age);
        if (sight.now() - firstAbsence >= enough) {
          return nothing(attempt, sight);
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
        // The first line is that of the job that claimed the attempt.
        answer.notes().getOrDefault("run", List.of()).stream()
            .findFirst()
            .map(text -> BLANKS.split(text, -1)[0])
            .or(() -> answer.note("id"))
            .filter(text -> ID.matcher(text).matches())
            .orElse(null);
    if (recorded != null) {
      RemoteJob job = new RemoteJob(recorded, attempt);
      return new Sight(job, generation, intent, now, false, false, "");
    }
    SlurmAnswer.Frame queue = answer.frame("squeue");
    SlurmAnswer.Frame accounts = answer.frame("sacct");
    String why = "";
    String id = null;
    if (queue == null || queue.code() != 0) {
      why = "squeue: " + (queue == null ? "no answer" : queue.error());
    } else {
      List<QueueRow> copies =
          byName(queue.lines()).getOrDefault(BatchSubmission.name(attempt), List.of());
      id = runner("", copies);
      if (id != null) {
        drop(attempt, copies, id, settings);
      } else if (settings.accounting()) {
        if (accounts == null || (accounts.code() != 0 && !isDisabled(accounts))) {
          why = "sacct: " + (accounts == null ? "no answer" : accounts.error());
        } else {
          id = firstOf(accounts.lines());
        }
      }
    }
    if (id == null) {
      boolean damaged = answer.notes().containsKey("damaged");
      return new Sight(null, generation, intent, now, why.isEmpty(), damaged, why);
    }
    RemoteJob found = new RemoteJob(id, attempt);
    adopt(found);
    return new Sight(found, generation, intent, now, false, false, "");
  }

  private static @Nullable String firstOf(List<String> accounts) {
    return accounts.stream()
        .map(line -> BAR.split(line, -1)[0])
        .filter(id -> ID.matcher(id).matches())
        .min(Comparator.comparingLong(Long::parseLong))
        .orElse(null);
  }

  /**
   * Which of the Slurm jobs of an attempt runs it or will, where no record says so: one that has
   * started, else one that was known before, else the oldest that waits.
   *
   * @param known an id; empty if none was known
   * @return {@code null} if there are none
   */
  private static @Nullable String runner(String known, List<QueueRow> copies) {
    return copies.stream()
        .min(
            Comparator.comparingInt(SlurmScheduler::progress)
                .thenComparing(row -> !row.id().equals(known))
                .thenComparing(OLDEST))
        .map(QueueRow::id)
        .orElse(null);
  }

  /** Running first, then waiting, then over. */
  private static int progress(QueueRow row) {
    return row.state()
        .map(state -> state.meaning.isEnd() ? 2 : state.meaning.waits() ? 1 : 0)
        .orElse(0);
  }

  /** Cancels the copies of an attempt that wait while another has it. */
  private void drop(Attempt attempt, List<QueueRow> copies, String kept, ClusterSettings settings)
      throws InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(BatchSubmission.name(attempt));
    copies.stream()
        .filter(row -> progress(row) == 1 && !row.id().equals(kept))
        .map(QueueRow::id)
        .forEach(words::add);
    if (words.size() == 1) {
      return;
    }
    log.warn(
        "Attempt {} has several Slurm jobs. {} is kept; those that wait are cancelled: {}",
        attempt.key(),
        kept,
        words.subList(1, words.size()));
    Command command = script(SlurmScripts.DROP, words.toArray(String[]::new));
    if (attempted(command.within(settings.commandLimit())) == null) {
      // Should one start, it finds the attempt claimed.
      log.warn("Copies of attempt {} could not be cancelled", attempt.key());
    }
  }

  private void adopt(RemoteJob job) throws InterruptedException {
    Attempt attempt = job.attempt();
    Command command =
        script(SlurmScripts.ADOPT, attempt.workPath(), attempt.key(), job.remoteJobId());
    if (attempted(command) == null) {
      log.warn("The id of attempt {} could not be noted", attempt.key());
    }
  }

  /** Runs what is of use but changes no verdict; {@code null} if it did not come to its end. */
  private @Nullable SlurmAnswer attempted(Command command) throws InterruptedException {
    try {
      SlurmAnswer answer = SlurmAnswer.of(runner.run(command).output());
      return answer.complete() ? answer : null;
    } catch (TransientAdapterException | PermanentAdapterException e) {
      log.debug("A command on the host of Slurm's commands failed", e);
      return null;
    }
  }

  // Statuses

  private Map<RemoteJob, RemoteStatus> look(List<Asked> asked) throws InterruptedException {
    ClusterSettings settings = settings();
    Map<String, List<QueueRow>> rows = queue(asked, settings);
    Looked looked = new Looked(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    List<Asked> contested = new ArrayList<>();
    for (Asked one : asked) {
      List<QueueRow> copies = rows.getOrDefault(one.name(), List.of());
      if (!one.followed() && copies.stream().anyMatch(row -> !row.id().equals(one.id()))) {
        contested.add(one);
      } else {
        judge(one, copies, looked);
      }
    }
    TransientAdapterException failure = null;
    for (List<Asked> some : chunks(contested)) {
      try {
        for (Asked one : owners(some, rows, settings)) {
          judge(one, rows.getOrDefault(one.name(), List.of()), looked);
        }
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    note(looked.requeued());
    Map<RemoteJob, RemoteStatus> statuses = looked.statuses();
    for (List<Unsettled> some : chunks(looked.unsettled())) {
      try {
        settle(some, settings, statuses);
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      if (statuses.isEmpty()) {
        throw failure;
      }
      log.warn("How some jobs ended could not be found out: {}", failure.getMessage());
    }
    return statuses;
  }

  private static <T> List<List<T>> chunks(List<T> all) {
    List<List<T>> chunks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += SETTLED_PER_COMMAND) {
      chunks.add(all.subList(from, Math.min(from + SETTLED_PER_COMMAND, all.size())));
    }
    return chunks;
  }

  /** Says where a job is, or adds it to those about which more must be asked. */
  private void judge(Asked one, List<QueueRow> copies, Looked looked) {
    QueueRow row =
        copies.stream().filter(copy -> copy.id().equals(one.id())).findFirst().orElse(null);
    if (row == null) {
      looked.unsettled().add(new Unsettled(one, null));
      return;
    }
    SlurmState state = row.state().orElse(null);
    if (state != null && state.meaning.isEnd()) {
      looked.unsettled().add(new Unsettled(one, row));
      return;
    }
    if (sightings.alive(one.job(), one.id(), row.restarts())) {
      looked.requeued().put(one, row.restarts());
    }
    if (state == null) {
      warnOfUnknown(row.stateText());
      return;
    }
    RemoteStatus status = active(one.job(), row, state);
    if (status != null) {
      looked.statuses().put(one.job(), status);
    }
  }

  private void warnOfUnknown(String stateText) {
    if (unknownStates.size() < MOST_UNKNOWN && unknownStates.add(stateText)) {
      log.warn("Slurm's state {} is not known; jobs in it stay as they are", stateText);
    }
  }

  /**
   * Finds out which of several Slurm jobs has an attempt, and cancels the others as long as they
   * wait.
   */
  private List<Asked> owners(
      List<Asked> contested, Map<String, List<QueueRow>> rows, ClusterSettings settings)
      throws InterruptedException {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS);
    for (int i = 0; i < contested.size(); i++) {
      askForRecords(script, i, contested.get(i).job().attempt());
      script.append('\n');
    }
    SlurmAnswer answer = ask(input(script), settings);
    List<Asked> followed = new ArrayList<>();
    for (int i = 0; i < contested.size(); i++) {
      Asked one = contested.get(i);
      RunRecord record = record(one.job(), answer.frame("records-" + i));
      if (record == null) {
        continue;
      }
      List<QueueRow> copies = rows.getOrDefault(one.name(), List.of());
      String owner = record.owner().isEmpty() ? runner(one.id(), copies) : record.owner();
      if (owner != null) {
        drop(one.job().attempt(), copies, owner, settings);
        followed.add(new Asked(one.job(), owner, true));
      }
    }
    return followed;
  }

  /** Leaves word of how often jobs were queued again, for whoever looks after this process. */
  private void note(Map<Asked, Integer> requeued) throws InterruptedException {
    if (requeued.isEmpty()) {
      return;
    }
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS);
    requeued.forEach(
        (one, restarts) ->
            script.append(
                "restarted %s %s %s %d\n"
                    .formatted(
                        ShellWords.quote(one.job().attempt().workPath()),
                        ShellWords.quote(one.job().attempt().key()),
                        one.id(),
                        restarts)));
    SlurmAnswer answer = attempted(input(script));
    List<String> noted =
        answer == null ? List.of() : answer.notes().getOrDefault("noted", List.of());
    requeued.forEach(
        (one, restarts) -> {
          if (noted.contains(one.id() + " " + one.job().attempt().key())) {
            sightings.noted(one.job(), one.id(), restarts);
          } else {
            // It is tried again with each look.
            log.debug("That Slurm queued job {} again could not be noted", one.id());
          }
        });
  }

  /** The Slurm jobs of each name. */
  private Map<String, List<QueueRow>> queue(List<Asked> asked, ClusterSettings settings)
      throws InterruptedException {
    Map<String, List<QueueRow>> rows =
        queue(asked.stream().map(Asked::name).toList(), "", settings);
    List<String> revoked =
        rows.entrySet().stream()
            .filter(entry -> entry.getValue().stream().anyMatch(SlurmScheduler::isRevoked))
            .map(Map.Entry::getKey)
            .toList();
    if (!revoked.isEmpty()) {
      try {
        Map<String, List<QueueRow>> siblings = queue(revoked, "--federation", settings);
        for (String name : revoked) {
          rows.put(
              name,
              siblings.getOrDefault(name, List.of()).stream()
                  .filter(row -> !isRevoked(row))
                  .toList());
        }
      } catch (TransientAdapterException e) {
        log.warn("Jobs of sibling clusters could not be looked at: {}", e.getMessage());
      }
    }
    return rows;
  }

  private Map<String, List<QueueRow>> queue(
      List<String> names, String option, ClusterSettings settings) throws InterruptedException {
    StringBuilder script = new StringBuilder(SlurmScripts.QUEUE);
    script.append("queue %s %s %s\n".formatted(String.join(",", names), QueueRow.FORMAT, option));
    return byName(answered(ask(input(script), settings), "squeue").lines());
  }

  private static Map<String, List<QueueRow>> byName(List<String> lines) {
    Map<String, List<QueueRow>> rows = new HashMap<>();
    for (String line : lines) {
      QueueRow.of(line)
          .ifPresent(row -> rows.computeIfAbsent(row.name(), name -> new ArrayList<>()).add(row));
    }
    return rows;
  }

  private static boolean isRevoked(QueueRow row) {
    return row.state().filter(state -> state == SlurmState.REVOKED).isPresent();
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
              reason.text(row.id()));
        }
        yield RemoteStatus.queued(reason.text(row.id()));
      }
      default -> null;
    };
  }

  /** Finds out how jobs ended that Slurm says are over, or does not list any more. */
  private void settle(
      List<Unsettled> unsettled, ClusterSettings settings, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    CommandResult result = ran(details(unsettled, settings, true), settings);
    if (result.truncated() && unsettled.size() > 1) {
      settleSingly(unsettled, settings, statuses);
      return;
    }
    if (result.truncated()) {
      result = ran(details(unsettled, settings, false), settings);
    }
    SlurmAnswer answer = complete(result);
    SlurmAnswer.Frame accounts = answer.frame("sacct");
    Map<AccountingRecord.Job, AccountingRecord> accounted =
        accounts != null && accounts.code() == 0
            ? AccountingRecord.of(
                unsettled.stream().map(one -> accounted(one.asked())).collect(Collectors.toSet()),
                accounts.lines())
            : Map.of();
    boolean accounting = settings.accounting() && accounts != null && accounts.code() == 0;
    boolean accountsAnswered =
        !settings.accounting()
            || (accounts != null && (accounts.code() == 0 || isDisabled(accounts)));
    List<Asked> elsewhere = new ArrayList<>();
    Map<Asked, RemoteStatus> lost = new LinkedHashMap<>();
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
      ControllerRecord controller = controller(one, record, answer.frame("controller-" + id));
      AccountingRecord account = accounted.get(accounted(one.asked()));
      if (accounting && isAwaited(one, record, account)) {
        continue;
      }
      RemoteStatus status = settled(one, record, controller, account, accountsAnswered);
      if (status != null && status.state() == RemoteStatus.State.LOST && one.row() == null) {
        lost.put(one.asked(), status);
      } else if (status != null) {
        statuses.put(one.asked().job(), status);
      }
    }
    if (!elsewhere.isEmpty()) {
      statuses.putAll(look(elsewhere));
    }
    if (!lost.isEmpty()) {
      statuses.putAll(confirmed(lost, settings));
    }
  }

  private static AccountingRecord.Job accounted(Asked asked) {
    return new AccountingRecord.Job(asked.id(), asked.name());
  }

  /** Settles jobs of which together too much is said, as of very many steps. */
  private void settleSingly(
      List<Unsettled> unsettled, ClusterSettings settings, Map<RemoteJob, RemoteStatus> statuses)
      throws InterruptedException {
    TransientAdapterException failure = null;
    for (Unsettled one : unsettled) {
      try {
        settle(List.of(one), settings, statuses);
      } catch (TransientAdapterException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Those that really are lost: others may have another name by now, or be another user's. Numbers
   * find them, and their name or comment says that they are ours.
   */
  private Map<RemoteJob, RemoteStatus> confirmed(
      Map<Asked, RemoteStatus> lost, ClusterSettings settings) throws InterruptedException {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS);
    lost.keySet().forEach(one -> script.append("controller ").append(one.id()).append('\n'));
    SlurmAnswer answer = ask(input(script), settings);
    Map<RemoteJob, RemoteStatus> confirmed = new LinkedHashMap<>();
    lost.forEach(
        (one, status) -> {
          SlurmAnswer.Frame shown = answer.frame("controller-" + one.id());
          if (shown == null
              || (shown.code() != 0 && !shown.error().contains("Invalid job id specified"))) {
            // No answer is no evidence.
            return;
          }
          ControllerRecord controller =
              ControllerRecord.ofAttempt(
                      one.id(), one.name(), one.job().attempt().key(), shown.lines())
                  .orElse(null);
          if (controller == null || controller.isOver()) {
            confirmed.put(one.job(), status);
            return;
          }
          if (sightings.warn(one.job(), controller.stateText())) {
            log.warn(
                "Slurm job {} of attempt {} is {} and not listed by its name",
                one.id(),
                one.job().attempt().key(),
                controller.stateText());
          }
          // It is not noted as queued again: the work directory is told once it is listed.
          boolean unused = sightings.alive(one.job(), one.id(), controller.restarts());
        });
    return confirmed;
  }

  /** What the controller knows of a job that has ended; {@code null} if nothing. */
  private static @Nullable ControllerRecord controller(
      Unsettled one, RunRecord record, SlurmAnswer.@Nullable Frame shown) {
    QueueRow row = one.row();
    if (shown != null) {
      return shown.code() == 0
          ? ControllerRecord.of(one.asked().id(), one.asked().name(), shown.lines()).orElse(null)
          : null;
    }
    return row != null
            && row.tellsItsEnd()
            && record.endOf(one.asked().id(), row.restarts()) != null
        ? ControllerRecord.ofCompleted(row)
        : null;
  }

  /**
   * Whether to wait for accounting, which may be late, to say who cancelled a job that never ran.
   */
  private boolean isAwaited(
      Unsettled one, RunRecord record, @Nullable AccountingRecord accounting) {
    QueueRow row = one.row();
    return row != null
        && row.state().filter(state -> state == SlurmState.CANCELLED).isPresent()
        && record.began() == null
        && !record.cancelled()
        && (accounting == null || accounting.end() == null)
        && !sightings.believed(one.asked().job());
  }

  private @Nullable RemoteStatus settled(
      Unsettled one,
      RunRecord record,
      @Nullable ControllerRecord controller,
      @Nullable AccountingRecord accounting,
      boolean accountsAnswered) {
    RemoteJob job = one.asked().job();
    QueueRow row = one.row();
    int restarts =
        Math.max(sightings.restarts(job, one.asked().id()), row == null ? 0 : row.restarts());
    if (record.owner().equals(one.asked().id())) {
      restarts = Math.max(restarts, record.requeues());
    }
    if (accounting != null) {
      restarts = Math.max(restarts, accounting.restarts());
    }
    SlurmState state =
        row != null
            ? row.state().orElse(null)
            : accounting != null ? accounting.state().orElse(null) : null;
    if (controller != null && row != null) {
      // It was asked later, and the job may have been queued again meanwhile.
      restarts = Math.max(restarts, controller.restarts());
      state = controller.state().orElse(null);
      if (state == null || !state.meaning.isEnd()) {
        if (state == null) {
          warnOfUnknown(controller.stateText());
        }
        // The work directory is told by the next look.
        boolean unused = sightings.alive(job, one.asked().id(), restarts);
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
          : verdict(
              one.asked(),
              new SlurmOutcome(state, restarts, controller, accounting, record, end),
              accountsAnswered);
    }
    if (row == null && end == null && accounting != null && accounting.state().isEmpty()) {
      warnOfUnknown(accounting.stateText());
      boolean unused = sightings.alive(job, one.asked().id(), restarts);
      return null;
    }
    return row == null
        ? forgotten(
            one.asked(),
            "Slurm does not know job " + one.asked().id() + " any more",
            record,
            end,
            accountsAnswered)
        : null;
  }

  private @Nullable RemoteStatus verdict(
      Asked asked, SlurmOutcome outcome, boolean accountsAnswered) {
    return outcome.refusedByClaim()
        ? forgotten(
            asked,
            "Slurm job " + asked.id() + " found the attempt taken by another",
            outcome.record(),
            outcome.end(),
            accountsAnswered)
        : outcome.status();
  }

  /**
   * The status of a job of whose end the work directory alone can tell. While accounting does not
   * answer, which might know that the record is that of an earlier run, it is believed after a time
   * of grace.
   */
  private @Nullable RemoteStatus forgotten(
      Asked asked,
      String why,
      RunRecord record,
      RunRecord.@Nullable End end,
      boolean accountsAnswered) {
    if (end != null && (accountsAnswered || sightings.believed(asked.job()))) {
      return new SlurmOutcome(SlurmState.COMPLETED, 0, null, null, record, end).status();
    }
    if (!accountsAnswered) {
      return null;
    }
    if (record.place() == RunRecord.Place.AWAY || !sightings.believed(asked.job())) {
      return null;
    }
    Instant began = record.began();
    return RemoteStatus.lost(
        began,
        why
            + ", and "
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

  private static Command details(
      List<Unsettled> unsettled, ClusterSettings settings, boolean steps) {
    StringBuilder script = new StringBuilder(SlurmScripts.DETAILS);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < unsettled.size(); i++) {
      Unsettled one = unsettled.get(i);
      String id = one.asked().id();
      askForRecords(script, i, one.asked().job().attempt());
      QueueRow row = one.row();
      if (row != null && row.tellsItsEnd()) {
        script.append(" %s %d\n".formatted(id, row.restarts()));
      } else if (row != null) {
        script.append("\ncontroller %s\n".formatted(id));
      } else {
        script.append('\n');
      }
      ids.add(id);
    }
    if (settings.accounting()) {
      script
          .append("accounts ")
          .append(String.join(",", ids))
          .append(' ')
          .append(ShellWords.quote(AccountingRecord.FORMAT))
          .append(steps ? "\n" : " -X\n");
    }
    return input(script);
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

  /** Runs a script that has no arguments. */
  private static Command input(StringBuilder script) {
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

  private static TransientAdapterException unseen(SlurmAnswer answer) {
    return notAnswering("Which jobs there are is not known: " + said(answer));
  }

  private static String said(SlurmAnswer answer) {
    String said = String.join("; ", answer.notes().getOrDefault("said", List.of()));
    return said.isBlank() ? "no answer from squeue" : said;
  }

  /** The number of a job; empty if it has none. */
  private static String number(RemoteJob job) {
    return isNumbered(job) ? job.remoteJobId() : "";
  }

  private static boolean isNumbered(RemoteJob job) {
    return ID.matcher(job.remoteJobId()).matches();
  }

  private static boolean isOverText(String error) {
    return error.contains("already completing or completed");
  }

  private void steer(RemoteJob job, String text) throws InterruptedException {
    Attempt attempt = BatchSubmission.checked(job.attempt());
    Command command = script(text, BatchSubmission.name(attempt), attempt.key(), number(job));
    SlurmAnswer answer = ask(command, settings());
    if (!answer.notes().containsKey("seen")) {
      throw unseen(answer);
    }
    SlurmAnswer.Frame frame = answer.frame("steer");
    String error = frame != null && frame.code() != 0 ? frame.error() : said(answer);
    if (answer.notes().containsKey("failed")) {
      throw notAnswering(
          "The Slurm job of attempt " + attempt.key() + " could not be changed: " + error);
    }
  }

  // Commands

  private ClusterSettings settings() throws InterruptedException {
    return settings(false);
  }

  /**
   * How the cluster is configured, asked for once a day.
   *
   * @param insist whether to ask even if that has just failed
   */
  private ClusterSettings settings(boolean insist) throws InterruptedException {
    Known current = known;
    if (current != null && clock.instant().isBefore(current.until())) {
      return current.settings();
    }
    asking.lockInterruptibly();
    try {
      current = known;
      if (current != null && clock.instant().isBefore(current.until())) {
        return current.settings();
      }
      Pause last = pause;
      TransientAdapterException failure;
      if (last != null && !insist && clock.instant().isBefore(last.until())) {
        failure = new TransientAdapterException(last.condition(), last.message(), null);
      } else {
        try {
          ClusterSettings settings = askedSettings();
          known = new Known(settings, clock.instant().plus(SETTINGS_LAST));
          pause = null;
          log.debug("Slurm is configured as {}", settings);
          return settings;
        } catch (TransientAdapterException e) {
          pause = Pause.after(last, e, clock.instant());
          failure = e;
        }
      }
      if (current != null) {
        return current.settings();
      }
      throw failure;
    } finally {
      asking.unlock();
    }
  }

  private ClusterSettings askedSettings() throws InterruptedException {
    SlurmAnswer answer = SlurmAnswer.of(runner.run(script(SlurmScripts.SETTINGS)).output());
    return ClusterSettings.of(answered(answer, "config", "scontrol").lines());
  }

  private SlurmAnswer ask(Command command, ClusterSettings settings) throws InterruptedException {
    return complete(ran(command, settings));
  }

  private CommandResult ran(Command command, ClusterSettings settings) throws InterruptedException {
    return runner.run(command.within(settings.commandLimit()));
  }

  private static SlurmAnswer complete(CommandResult result) {
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

  private static SlurmAnswer.Frame answered(SlurmAnswer answer, String command) {
    return answered(answer, command, command);
  }

  private static SlurmAnswer.Frame answered(SlurmAnswer answer, String name, String command) {
    SlurmAnswer.Frame frame = answer.frame(name);
    if (frame == null || frame.code() != 0) {
      throw unanswered(command, frame);
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
   * @param followed whether that id has been found out to be the one that counts
   */
  private record Asked(RemoteJob job, String id, boolean followed) {
    String name() {
      return BatchSubmission.name(job.attempt());
    }
  }

  /**
   * What a look at the queue has shown.
   *
   * @param unsettled jobs about which more must be asked
   * @param requeued how often jobs were queued again of which the work directory does not say so
   */
  private record Looked(
      Map<RemoteJob, RemoteStatus> statuses,
      List<Unsettled> unsettled,
      Map<Asked, Integer> requeued) {}

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
   * @param damaged whether there is a record of a run that cannot be read
   * @param why what could not be looked at
   */
  private record Sight(
      @Nullable RemoteJob job,
      int generation,
      long intent,
      long now,
      boolean absent,
      boolean damaged,
      String why) {}

  private record Known(ClusterSettings settings, Instant until) {}

  /** Why the cluster's configuration is not asked for, and until when. */
  private record Pause(
      RecoveryCondition condition, String message, Duration length, Instant until) {
    static Pause after(@Nullable Pause last, TransientAdapterException failure, Instant now) {
      Duration length = last == null ? FIRST_PAUSE : last.length().multipliedBy(2);
      length = length.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : length;
      String message = failure.getMessage();
      return new Pause(
          failure.condition(), message == null ? "" : message, length, now.plus(length));
    }
  }
}
