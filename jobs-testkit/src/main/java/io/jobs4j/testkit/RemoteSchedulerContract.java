package io.jobs4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandResult;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.DetachedCommand;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteScheduler.Submission;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link RemoteScheduler} has to keep to. The test of an adapter extends this class and
 * says how one is opened:
 *
 * <pre>{@code
 * class MySchedulerContractTest extends RemoteSchedulerContract {
 *   @Override
 *   protected CommandRunner openRunner() {
 *     return new LocalCommandRunner();
 *   }
 *
 *   @Override
 *   protected RemoteScheduler openScheduler(CommandRunner runner) {
 *     return new MyScheduler(runner);
 *   }
 * }
 * }</pre>
 *
 * <p>What a scheduler cannot do it says by overriding methods; the tests then require what remains.
 *
 * <p>Jobs run on one Linux host with a POSIX shell, which is also that of the runner. Nothing of it
 * is reached but through the runner. The Java of the test must run in a locale with UTF-8, such as
 * C.UTF-8.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public abstract class RemoteSchedulerContract {
  /** Waits for the file {@code go}. Ends with its directory too, when a test has failed. */
  private static final String UNTIL_GO =
      "until [ -e go ] || ! [ -e \"$PWD\" ]; do sleep 0.05; done\n";

  private static final String SCRIPT = "it's the script.sh";
  private static final int MANY = 25;
  private static final int ASKERS = 8;

  private final List<RemoteJob> submitted = new CopyOnWriteArrayList<>();

  private CommandRunner control;
  private Host host;
  private CommandRunner runner;
  private RemoteScheduler scheduler;
  private String directory;
  private String work;
  private String uuid;

  /** For subclasses. */
  protected RemoteSchedulerContract() {}

  /** A new runner, always for the same host; the kit closes it. */
  protected abstract CommandRunner openRunner();

  /** A new scheduler over a runner, always the same one behind it; the kit closes it. */
  protected abstract RemoteScheduler openScheduler(CommandRunner runner);

  /** Where the tests make directories, a host path. By default {@code /tmp}. */
  protected String scratchDirectory() {
    return "/tmp";
  }

  /** The queue for jobs that shall start soon. By default {@code null}. */
  protected @Nullable BatchQueue queue() {
    return null;
  }

  /**
   * A queue in which jobs wait until {@link #admitWaitingJobs}. By default empty: the scheduler
   * starts jobs at once and never says that one waits.
   */
  protected Optional<BatchQueue> waitingQueue() {
    return Optional.empty();
  }

  /** Lets the jobs of the {@link #waitingQueue} start. */
  protected void admitWaitingJobs() {}

  /** Undoes {@link #admitWaitingJobs}; also called if that was not. */
  protected void keepJobsWaiting() {}

  /** How long something may take that happens by itself. By default a minute. */
  protected Duration patience() {
    return Duration.ofMinutes(1);
  }

  /** The shortest time limit that the scheduler keeps. By default two seconds. */
  protected Duration shortestTimeLimit() {
    return Duration.ofSeconds(2);
  }

  /** Whether holding stops a job that runs. By default it does; otherwise the job goes on. */
  protected boolean stopsRunningJobs() {
    return true;
  }

  /** The id of a job that the scheduler never had. */
  protected String unknownJobId() {
    return "99999999";
  }

  /** How many commands it may take to learn where 25 jobs are that have ended. By default one. */
  protected int mostCommandsPerAnswer() {
    return 1;
  }

  @BeforeEach
  final void prepare() throws InterruptedException {
    control = openRunner();
    host = new Host(control, patience());
    directory = host.makeDirectory(scratchDirectory());
    work = host.makeDirectory(directory, "it's a \"work\" $(directory) `of` %j \\n ü");
    uuid = UUID.randomUUID().toString();
    runner = openRunner();
    scheduler = openScheduler(runner);
  }

  @AfterEach
  final void cleanUp() throws InterruptedException {
    try (RemoteScheduler last = openScheduler(control)) {
      keepJobsWaiting();
      for (RemoteJob job : submitted) {
        RemoteStatus status = last.statuses(List.of(job)).get(job);
        if (status == null || !status.isOver()) {
          last.cancel(job);
        }
      }
      for (RemoteJob job : submitted) {
        var unused = awaitStatus(last, job, "is over", RemoteStatus::isOver);
      }
      host.delete(directory);
    } finally {
      scheduler.close();
      runner.close();
      control.close();
    }
  }

  @Test
  void aJobThatReturnsZeroSucceeds() throws InterruptedException {
    RemoteStatus end = awaitEnd(submit("exit 0"));

    assertTrue(end.succeeded(), end::toString);
    assertEquals(State.ENDED, end.state());
    assertTrue(end.signal().isEmpty(), end::toString);
    assertTimesAreInOrder(end);
  }

  @Test
  void aJobSaysWhatItReturned() throws InterruptedException {
    RemoteStatus end = awaitEnd(submit("exit 3"));

    assertEquals(State.ENDED, end.state());
    assertEquals(Cause.EXITED, end.cause());
    assertEquals(3, end.exitCode().orElseThrow());
    assertFalse(end.succeeded());
    assertTimesAreInOrder(end);
  }

  @Test
  void aScriptThatEndsBeforeItsApplicationHasNotRunIt() throws InterruptedException {
    String note = "echo '%s x' >.jobs4j/$JOBS4J_ATTEMPT.stage; exit %d";
    RemoteJob startup = submitTo(null, 1, note.formatted("startup", 0));
    RemoteJob modules = submitTo(null, 2, note.formatted("modules", 3));
    RemoteJob application = submitTo(null, 3, note.formatted("application", 0));

    RemoteStatus unprepared = awaitEnd(startup);
    assertEquals(Cause.STARTUP_SCRIPT, unprepared.cause(), unprepared::toString);
    assertFalse(unprepared.succeeded());
    assertEquals(Cause.MODULES, awaitEnd(modules).cause());
    assertTrue(awaitEnd(application).succeeded());
  }

  @Test
  void aJobSaysWhichSignalEndedIt() throws InterruptedException {
    RemoteStatus end = awaitEnd(submit("kill -s KILL $$"));

    assertEquals(State.ENDED, end.state());
    assertEquals(Cause.SIGNALLED, end.cause());
    assertEquals(9, end.signal().orElseThrow());
    assertTrue(end.exitCode().isEmpty(), end::toString);
  }

  @Test
  void aJobIsEndedAtItsTimeLimit() throws InterruptedException {
    write(work, stubborn());
    RemoteJob job = submit(spec(attempt(1), queue(), shortestTimeLimit(), Map.of())).job();

    RemoteStatus end =
        Eventually.becomes(
                shortestTimeLimit().multipliedBy(2).plus(patience()),
                "the job is ended at its time limit",
                () -> status(job),
                status -> status.isPresent() && status.get().isOver())
            .orElseThrow();

    assertEquals(Cause.TIME_LIMIT, end.cause());
    assertFalse(end.succeeded());
    awaitEndOfStubborn();
  }

  @Test
  void anAttemptIsLaunchedOnceHoweverOftenItIsSubmitted() throws InterruptedException {
    write(work, "echo once >>count\n" + UNTIL_GO);
    RemoteJob job = submit(spec(attempt(1))).job();
    for (int i = 0; i < 3; i++) {
      assertEquals(job, submit(spec(attempt(1))).job());
    }
    reopen();
    Submission again = submit(spec(attempt(1)));
    assertEquals(job, again.job());
    assertFalse(again.status().isOver());
    host.write(work + "/go", "");
    awaitEnd(job);

    Submission late = submit(spec(attempt(1)));

    assertEquals(job, late.job());
    assertTrue(late.status().succeeded(), late::toString);
    assertEquals("once\n", host.read(work + "/count"));
  }

  @Test
  void anAttemptIsLaunchedOnceIfManySubmitItAtOnce() throws Exception {
    write(work, "echo once >>count");
    ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
    try {
      for (int round = 1; round <= 3; round++) {
        LaunchSpec spec = spec(attempt(round));
        List<Callable<Submission>> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
          askers.add(
              () -> {
                try (RemoteScheduler another = openScheduler(runner)) {
                  return another.submit(spec);
                }
              });
        }
        List<Future<Submission>> answers = threads.invokeAll(askers);

        RemoteJob job = submit(spec).job();
        awaitEnd(job);
        for (Future<Submission> answer : answers) {
          assertEquals(job, jobOf(answer).orElse(job));
        }
        assertEquals("once\n".repeat(round), host.read(work + "/count"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anotherAttemptIsAnotherJob() throws InterruptedException {
    write(work, "echo once >>count");
    RemoteJob first = submit(spec(attempt(1))).job();
    awaitEnd(first);

    assertTrue(scheduler.find(attempt(2)).isEmpty());
    RemoteJob second = submit(spec(attempt(2))).job();
    awaitEnd(second);

    assertEquals(Optional.of(first), scheduler.find(attempt(1)));
    assertEquals(Optional.of(second), scheduler.find(attempt(2)));
    assertEquals("once\nonce\n", host.read(work + "/count"));
  }

  @Test
  void aJobIsFoundOnceItWasLaunched() throws InterruptedException {
    assertTrue(scheduler.find(attempt(1)).isEmpty());

    RemoteJob job = submit(UNTIL_GO);

    assertEquals(Optional.of(job), scheduler.find(attempt(1)));
    host.write(work + "/go", "");
    awaitEnd(job);
    assertEquals(Optional.of(job), scheduler.find(attempt(1)));
  }

  @Test
  void aJobIsFollowedByWhoComesLater() throws InterruptedException {
    RemoteJob job = submit(UNTIL_GO + "exit 5");
    awaitState(job, State.RUNNING);

    reopen();

    assertEquals(Optional.of(job), scheduler.find(attempt(1)));
    assertEquals(State.RUNNING, status(job).orElseThrow().state());
    host.write(work + "/go", "");
    reopen();
    assertEquals(5, awaitEnd(job).exitCode().orElseThrow());
  }

  @Test
  void theEndIsToldOfIfTheSchedulerSaysSo() throws InterruptedException {
    List<RemoteJob> told = new CopyOnWriteArrayList<>();
    scheduler.onChange(told::add);
    RemoteJob job = submit(UNTIL_GO);
    boolean tells = scheduler.tellsOf(job);

    host.write(work + "/go", "");
    awaitEnd(job);

    if (tells) {
      Eventually.holds(patience(), "the listener is told", () -> told.contains(job));
    }
    Eventually.holds(patience(), "no more is told", () -> !scheduler.tellsOf(job));
  }

  @Test
  void nobodyKnowsOfJobsThatNeverWere() throws InterruptedException {
    RemoteJob known = submit("exit 3");
    awaitEnd(known);
    RemoteJob unknown = new RemoteJob(unknownJobId(), attempt(7));

    for (List<RemoteJob> jobs :
        List.of(List.of(unknown), List.of(unknown, known), List.of(known, unknown, unknown))) {
      Map<RemoteJob, RemoteStatus> statuses = scheduler.statuses(jobs);

      RemoteStatus verdict = statuses.get(unknown);
      assertTrue(verdict == null || verdict.state() == State.LOST, statuses::toString);
      assertEquals(jobs.contains(known), statuses.containsKey(known), statuses::toString);
    }
    assertEquals(Map.of(), scheduler.statuses(List.of()));
  }

  @Test
  void oneAnswerTellsOfManyJobs() throws InterruptedException {
    List<RemoteJob> jobs = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      String place = host.makeDirectory(directory, "job " + i);
      write(place, "exit " + i);
      jobs.add(submit(spec(Attempt.of(uuid, i + 1, place))).job());
    }
    for (RemoteJob job : jobs) {
      awaitEnd(job);
    }
    List<RemoteJob> twice = new ArrayList<>(jobs);
    twice.addAll(jobs);
    CountingRunner counting = new CountingRunner(runner);
    Map<RemoteJob, RemoteStatus> statuses;
    try (RemoteScheduler counted = openScheduler(counting)) {
      var unused = counted.statuses(jobs);
      counting.commands.set(0);

      statuses = counted.statuses(twice);
    }

    assertTrue(
        counting.commands.get() <= mostCommandsPerAnswer(),
        () -> counting.commands + " commands for " + MANY + " jobs");
    assertEquals(MANY, statuses.size());
    for (int i = 0; i < MANY; i++) {
      RemoteStatus status = statuses.get(jobs.get(i));
      assertNotNull(status);
      assertEquals(i, status.exitCode().orElseThrow());
    }
  }

  @Test
  void cancellingEndsAllThatAJobStarted() throws InterruptedException {
    RemoteJob job = submit(stubborn());
    host.awaitFile(work + "/ready");

    scheduler.cancel(job);
    scheduler.cancel(job);
    RemoteStatus end = awaitEnd(job);

    assertEquals(Cause.CANCELLED, end.cause());
    assertFalse(end.succeeded());
    awaitEndOfStubborn();
    scheduler.cancel(job);
    assertEquals(Cause.CANCELLED, awaitEnd(job).cause());
  }

  /** As when an engine has died between the launch and its record. */
  @Test
  void aJobIsCancelledByItsAttemptAlone() throws InterruptedException {
    RemoteJob job = submit(stubborn());
    host.awaitFile(work + "/ready");

    scheduler.cancel(new RemoteJob("", job.attempt()));

    assertEquals(Cause.CANCELLED, awaitEnd(job).cause());
    awaitEndOfStubborn();
  }

  @Test
  void cancellingWhatWasNotLaunchedLeavesNothingThatRuns() throws InterruptedException {
    scheduler.cancel(new RemoteJob("", attempt(1)));

    Optional<RemoteJob> found = scheduler.find(attempt(1));
    if (found.isPresent()) {
      assertEquals(Cause.CANCELLED, awaitEnd(found.get()).cause());
    }
  }

  @Test
  void cancellingAnEndedJobChangesNothing() throws InterruptedException {
    RemoteJob job = submit("exit 4");
    RemoteStatus end = awaitEnd(job);

    scheduler.cancel(job);
    reopen();
    scheduler.cancel(job);

    RemoteStatus after = awaitEnd(job);
    assertEquals(end.cause(), after.cause());
    assertEquals(4, after.exitCode().orElseThrow());
  }

  @Test
  void cancellingAWaitingJobKeepsItFromStarting() throws InterruptedException {
    Optional<BatchQueue> queue = waitingQueue();
    if (queue.isEmpty()) {
      requireThatJobsNeverWait();
      return;
    }
    RemoteJob job = submitWaiting(queue.get(), "echo started >started");

    scheduler.cancel(job);
    scheduler.cancel(job);

    assertEquals(Cause.CANCELLED, awaitEnd(job).cause());
    admitWaitingJobs();
    awaitEnd(submitTo(queue.get(), 2, "exit 0"));
    assertFalse(host.exists(work + "/started"));
    assertEquals(Cause.CANCELLED, awaitEnd(job).cause());
  }

  @Test
  void aHeldJobWaitsWhenOthersStart() throws InterruptedException {
    Optional<BatchQueue> queue = waitingQueue();
    if (queue.isEmpty()) {
      requireThatJobsNeverWait();
      return;
    }
    RemoteJob job = submitWaiting(queue.get(), "exit 6");
    scheduler.hold(job);
    scheduler.hold(job);
    admitWaitingJobs();
    awaitEnd(submitTo(queue.get(), 2, "exit 0"));

    assertEquals(State.QUEUED, status(job).orElseThrow().state());
    scheduler.release(job);

    assertEquals(6, awaitEnd(job).exitCode().orElseThrow());
  }

  @Test
  void aHeldJobIsCancelled() throws InterruptedException {
    RemoteJob job = submit(stubborn());
    host.awaitFile(work + "/ready");
    scheduler.hold(job);

    scheduler.cancel(job);

    assertEquals(Cause.CANCELLED, awaitEnd(job).cause());
    awaitEndOfStubborn();
  }

  @Test
  void aRunningJobIsHeldWhereItIs() throws InterruptedException {
    RemoteJob job = submit("echo $$ >pid.new; mv pid.new pid\n" + UNTIL_GO + "exit 8");
    awaitState(job, State.RUNNING);
    String pid = host.awaitPid(work + "/pid");

    scheduler.hold(job);
    if (stopsRunningJobs()) {
      Eventually.holds(patience(), "the job is stopped", () -> host.stateOf(pid).equals("T"));
      assertEquals(State.RUNNING, status(job).orElseThrow().state());
      scheduler.release(job);
      Eventually.holds(patience(), "the job goes on", () -> !host.stateOf(pid).equals("T"));
    }
    host.write(work + "/go", "");

    assertEquals(8, awaitEnd(job).exitCode().orElseThrow());
  }

  @Test
  void holdingAnEndedJobChangesNothing() throws InterruptedException {
    RemoteJob job = submit("exit 4");
    awaitEnd(job);

    scheduler.hold(job);
    scheduler.release(job);

    assertEquals(4, awaitEnd(job).exitCode().orElseThrow());
  }

  @Test
  void namesAndValuesAreData() throws InterruptedException {
    write(work, "pwd -P >&2; " + HostileWords.printVariables() + "; read -r line; exit $?");
    String output = "out %j it's $(no)";
    String error = "-err %u \"x\" \\ `no` é";
    LaunchSpec spec =
        spec(attempt(1), queue(), null, HostileWords.variables()).toBuilder()
            .output(output)
            .error(error)
            .build();

    RemoteStatus end = awaitEnd(submit(spec).job());

    assertEquals(1, end.exitCode().orElseThrow(), "standard input is empty");
    assertEquals(HostileWords.inBrackets(), host.read(work + "/" + output));
    assertEquals(work + "\n", host.read(work + "/" + error));
  }

  @Test
  void outputAndErrorsMayGoIntoOneFile() throws InterruptedException {
    write(work, "echo a; echo b >&2; echo c");
    LaunchSpec spec = spec(attempt(1)).toBuilder().output("all").error("all").build();

    awaitEnd(submit(spec).job());

    assertEquals("a\nb\nc\n", host.read(work + "/all"));
  }

  @Test
  void aJobWithoutItsWorkDirectoryFails() throws InterruptedException {
    LaunchSpec spec = spec(Attempt.of(uuid, 1, directory + "/none"));
    RemoteJob job;
    try {
      job = submit(spec).job();
    } catch (JobsException e) {
      assertTrue(String.valueOf(e.getMessage()).contains(directory + "/none"), e::toString);
      return;
    }
    assertFalse(awaitEnd(job).succeeded());
  }

  @Test
  void aSchedulerThatIsThereIsProbed() throws InterruptedException {
    scheduler.probe();
  }

  @Test
  void aHostThatCannotBeReachedBlocks() throws InterruptedException {
    RemoteJob job = submit("exit 0");
    awaitEnd(job);
    try (RemoteScheduler cut = openScheduler(new BrokenRunner(null))) {
      assertThrows(TransientAdapterException.class, cut::probe);
      assertThrows(TransientAdapterException.class, () -> cut.find(attempt(1)));
      assertThrows(TransientAdapterException.class, () -> cut.submit(spec(attempt(2))));
      assertThrows(TransientAdapterException.class, () -> cut.cancel(job));
      requireNoVerdict(cut, job);
    }
  }

  @Test
  void anAnswerThatSaysNothingIsNoEvidence() throws InterruptedException {
    RemoteJob job = submit(UNTIL_GO);
    List<CommandResult> answers =
        List.of(
            new CommandResult(0, "", "", false),
            new CommandResult(0, "Welcome! You have mail.\n", "", false),
            new CommandResult(0, "jobs", "", true),
            new CommandResult(1, "", "Unable to contact slurm controller\n", false),
            new CommandResult(127, "", "sh: not found\n", false),
            new CommandResult(255, "", "", false));
    for (CommandResult answer : answers) {
      try (RemoteScheduler dumb = openScheduler(new BrokenRunner(answer))) {
        assertThrows(
            TransientAdapterException.class, () -> dumb.find(attempt(1)), answer::toString);
        requireNoVerdict(dumb, job);
      }
    }
    host.write(work + "/go", "");
    assertTrue(awaitEnd(job).succeeded());
  }

  @Test
  void nothingIsHeldByAClosedScheduler() throws InterruptedException {
    RemoteJob job = submit("exit 0");
    awaitEnd(job);
    useAndClose(job);

    // Other tests may begin to hold something at the same time, but not each time.
    for (int round = 1; ; round++) {
      HeldResources before = HeldResources.now();
      for (int i = 0; i < 10; i++) {
        useAndClose(job);
      }
      try {
        before.awaitNoMore(patience().dividedBy(10));
        return;
      } catch (AssertionError e) {
        if (round == 5) {
          throw e;
        }
      }
    }
  }

  private void useAndClose(RemoteJob job) throws InterruptedException {
    try (RemoteScheduler another = openScheduler(runner)) {
      another.probe();
      assertEquals(job, another.submit(spec(attempt(1))).job());
      assertEquals(Optional.of(job), another.find(attempt(1)));
      assertEquals(1, another.statuses(List.of(job)).size());
    }
  }

  private static void requireNoVerdict(RemoteScheduler asked, RemoteJob job)
      throws InterruptedException {
    Map<RemoteJob, RemoteStatus> statuses;
    try {
      statuses = asked.statuses(List.of(job));
    } catch (TransientAdapterException e) {
      return;
    }
    assertEquals(Map.of(), statuses);
  }

  private void requireThatJobsNeverWait() throws InterruptedException {
    write(work, UNTIL_GO);
    Submission submission = submit(spec(attempt(1)));

    assertEquals(State.RUNNING, submission.status().state());
    assertEquals(State.RUNNING, status(submission.job()).orElseThrow().state());
  }

  private void reopen() {
    scheduler.close();
    runner.close();
    runner = openRunner();
    scheduler = openScheduler(runner);
  }

  private RemoteJob submitWaiting(BatchQueue queue, String script) throws InterruptedException {
    RemoteJob job = submitTo(queue, 1, script);
    awaitState(job, State.QUEUED);
    return job;
  }

  private RemoteJob submitTo(@Nullable BatchQueue queue, int attempt, String script)
      throws InterruptedException {
    String place = attempt == 1 ? work : host.makeDirectory(directory, "attempt-" + attempt);
    write(place, script);
    return submit(spec(Attempt.of(uuid, attempt, place), queue, Duration.ofMinutes(2), Map.of()))
        .job();
  }

  private RemoteJob submit(String script) throws InterruptedException {
    write(work, script);
    return submit(spec(attempt(1))).job();
  }

  private Submission submit(LaunchSpec spec) throws InterruptedException {
    Submission submission = scheduler.submit(spec);
    assertEquals(spec.attempt(), submission.job().attempt());
    assertTrue(submission.job().remoteJobId().matches("\\P{Cntrl}{1,255}"), submission::toString);
    if (!submitted.contains(submission.job())) {
      submitted.add(submission.job());
    }
    return submission;
  }

  private Optional<RemoteStatus> status(RemoteJob job) throws InterruptedException {
    return Optional.ofNullable(scheduler.statuses(List.of(job)).get(job));
  }

  private RemoteStatus awaitEnd(RemoteJob job) throws InterruptedException {
    return awaitStatus(scheduler, job, "is over", RemoteStatus::isOver);
  }

  private void awaitState(RemoteJob job, State state) throws InterruptedException {
    var unused = awaitStatus(scheduler, job, "is " + state, status -> status.state().equals(state));
  }

  private RemoteStatus awaitStatus(
      RemoteScheduler asked, RemoteJob job, String what, Predicate<RemoteStatus> right)
      throws InterruptedException {
    return Eventually.becomes(
            patience(),
            "job " + job.remoteJobId() + " " + what,
            () -> Optional.ofNullable(asked.statuses(List.of(job)).get(job)),
            status -> status.isPresent() && right.test(status.get()))
        .orElseThrow();
  }

  /** What an asker got, if it did not have to give up because others were at it. */
  private static Optional<RemoteJob> jobOf(Future<Submission> answer)
      throws ExecutionException, InterruptedException {
    try {
      return Optional.of(answer.get().job());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransientAdapterException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static void assertTimesAreInOrder(RemoteStatus end) {
    if (end.started() != null && end.ended() != null) {
      assertFalse(end.ended().isBefore(end.started()), end::toString);
    }
  }

  /** Does not heed TERM, and neither does its child. */
  private static String stubborn() {
    return """
    trap '' TERM
    sleep 600 & echo $! >child
    echo $$ >parent
    echo >ready
    wait
    wait
    while [ -e "$PWD" ]; do sleep 1; done
    """;
  }

  private void awaitEndOfStubborn() throws InterruptedException {
    host.awaitEnd(host.awaitPid(work + "/parent"));
    host.awaitEnd(host.awaitPid(work + "/child"));
  }

  private void write(String place, String script) throws InterruptedException {
    host.write(place + "/" + SCRIPT, script + "\n");
  }

  private Attempt attempt(int number) {
    return Attempt.of(uuid, number, work);
  }

  private LaunchSpec spec(Attempt attempt) {
    return spec(attempt, queue(), null, Map.of());
  }

  private static LaunchSpec spec(
      Attempt attempt,
      @Nullable BatchQueue queue,
      @Nullable Duration maxRunTime,
      Map<String, String> environment) {
    return LaunchSpec.builder(attempt)
        .name("kit")
        .script(SCRIPT)
        .output("job.out")
        .error("job.err")
        .maxRunTime(maxRunTime)
        .queue(queue)
        .environment(environment)
        .build();
  }

  /** Counts the commands of another runner. */
  private static final class CountingRunner implements CommandRunner {
    final AtomicInteger commands = new AtomicInteger();
    private final CommandRunner runner;

    CountingRunner(CommandRunner runner) {
      this.runner = runner;
    }

    @Override
    public CommandResult run(Command command) throws InterruptedException {
      commands.incrementAndGet();
      return runner.run(command);
    }

    @Override
    public DetachedCommand launch(Command command) throws InterruptedException {
      commands.incrementAndGet();
      return runner.launch(command);
    }

    @Override
    public void close() {}
  }

  /** Answers every command alike, or cannot reach its host. Starts nothing. */
  private static final class BrokenRunner implements CommandRunner {
    private final @Nullable CommandResult answer;

    BrokenRunner(@Nullable CommandResult answer) {
      this.answer = answer;
    }

    @Override
    public CommandResult run(Command command) {
      if (answer == null) {
        throw unreachable();
      }
      return answer;
    }

    @Override
    public DetachedCommand launch(Command command) {
      if (answer == null) {
        throw unreachable();
      }
      return new DetachedCommand("", Optional.empty());
    }

    @Override
    public void close() {}

    private static TransientAdapterException unreachable() {
      return new TransientAdapterException(
          RecoveryCondition.SSH_CONNECTION_FAILURE, "The host of the test cannot be reached", null);
    }
  }
}
