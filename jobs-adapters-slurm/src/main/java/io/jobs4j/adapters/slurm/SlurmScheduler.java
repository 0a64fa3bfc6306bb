package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.adapters.slurm.internal.ScriptHost;
import io.jobs4j.adapters.slurm.internal.Sightings;
import io.jobs4j.core.shell.ShellScript;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.Command;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.TransientAdapterException;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs on a Slurm cluster through the commands of a host that a {@link CommandRunner} reaches:
 * a login node, or this machine. It needs {@code sbatch}, {@code squeue}, {@code scancel} and
 * {@code scontrol}, a work directory that the cluster's nodes share with the host, and no
 * accounting; where there is accounting, it tells more. Safe for use by several threads, and for
 * several schedulers on one cluster.
 *
 * <p><b>Once.</b> A note of intent is written to {@code .jobs4j} of the work directory before
 * {@code sbatch} is called, and the host itself writes the answer of {@code sbatch} beside it. So
 * neither the death of this process nor a lost connection loses the answer. If there is an intent
 * and no answer, Slurm is searched for a job with the name of the attempt, {@code jobs-} and its
 * key. The search ends when the job is found, or when the cluster has answered for twice its {@code
 * MessageTimeout} that there is none. Should an attempt have two Slurm jobs all the same, the first
 * that starts creates a record in the work directory and runs; this scheduler follows that one. The
 * other ends without doing anything, and is cancelled if it still waits. To cancel, hold or release
 * a job acts on all Slurm jobs of its attempt. Jobs are found by name, because a cluster may use
 * numbers again. A job that was renamed, or that belongs to another user by now, is looked up by
 * its number before it counts as lost, and counts as the job of the attempt if its comment is the
 * key.
 *
 * <p><b>What is asked for.</b> Nodes, {@code --ntasks-per-node} with the processors on each, so
 * that {@code srun} and MPI start a task for each processor, {@code --time} in whole minutes,
 * {@code --mem} in MiB, and the partition. Directives of the queue come after them and count: any
 * option for tasks takes the place of {@code --ntasks-per-node}, as {@code -c} for programs with
 * threads. Slurm does not queue a job again by itself ({@code --no-requeue}) unless the directives
 * have {@code --requeue}; the job then runs again in the same work directory. {@code sbatch} runs
 * with the {@linkplain io.jobs4j.core.shell.BaseEnvironment base} of all jobs, with the directory
 * of Slurm's commands in its path, and jobs have that ({@code --export=ALL}), what Slurm sets, and
 * their own variables: nothing of this process's, and none by which {@code sbatch} or {@code srun}
 * take options, unless the system's definition names it. Where it asks for a login environment,
 * they have that of {@code --export=NONE} in place of the base.
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
 * <p><b>Another cluster.</b> The records in the work directory say to which cluster an attempt was
 * submitted. A job that is not found while a cluster of another name answers is {@link
 * RemoteStatus.State#UNSEEN}, and is neither submitted again nor steered.
 *
 * <p><b>Federations.</b> A job that a sibling cluster has taken is looked for there, and lost if
 * none has it. It is steered as far as the commands of this cluster reach it.
 *
 * <p><b>Hold.</b> A waiting job is held in the queue. A running one is suspended if the user may do
 * that, which takes the rights of an operator; otherwise all its processes are stopped, and the
 * time counts for its time limit. A hold is noted in the work directory, and a job is said to be
 * held if that note is there and Slurm says that its user holds it, or that it is suspended or
 * stopped. What others hold is not: without the note, or if Slurm says that an administrator did
 * it, nothing is said of it.
 */
public final class SlurmScheduler implements RemoteScheduler {
  private static final Logger log = LoggerFactory.getLogger(SlurmScheduler.class);

  private final SlurmHost host;
  private final Submissions submissions;
  private final Statuses statuses;

  /**
   * A scheduler whose jobs have no login environment.
   *
   * @param runner not closed by the scheduler
   * @param clock measures times of grace
   * @param replace whether the directives of a queue, if there are any, take the place of all
   *     resources that would be asked for
   */
  public SlurmScheduler(CommandRunner runner, Clock clock, boolean replace) {
    this(runner, clock, replace, false);
  }

  /**
   * A scheduler for the cluster of a runner's host.
   *
   * @param runner not closed by the scheduler
   * @param clock measures times of grace
   * @param replace whether the directives of a queue, if there are any, take the place of all
   *     resources that would be asked for
   * @param loginEnvironment whether jobs have the environment of a login of their user on their
   *     node, which Slurm makes for each of them at some cost
   */
  public SlurmScheduler(
      CommandRunner runner, Clock clock, boolean replace, boolean loginEnvironment) {
    this.host = new SlurmHost(runner, clock);
    this.submissions = new Submissions(host, replace, loginEnvironment);
    this.statuses = new Statuses(host, submissions, new Sightings(clock));
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    Submissions.Submitted submitted = submissions.submit(spec);
    RemoteJob job = submitted.job();
    return new Submission(job, submitted.fresh() ? RemoteStatus.queued("") : statusOf(job));
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    BatchSubmission.checked(attempt);
    return Optional.ofNullable(submissions.find(attempt));
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
      throws InterruptedException {
    return statuses.of(jobs);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Word is left in the work directory, so that an attempt that Slurm starts later does not run.
   *
   * @throws TransientAdapterException if Slurm does not answer, another cluster answers than the
   *     one that has the job, or the id of the job is not known and no word could be left
   */
  @Override
  public void cancel(RemoteJob job) throws InterruptedException {
    Attempt attempt = BatchSubmission.checked(job.attempt());
    String name = BatchSubmission.name(attempt);
    Command command =
        ScriptHost.script(
            SlurmScripts.CANCEL,
            attempt.workPath(),
            attempt.key(),
            name,
            number(job),
            host.clusters().of(attempt));
    ScriptAnswer answer = host.ask(command, host.settings());
    if (!answer.notes().containsKey("seen")) {
      throw unseen(answer);
    }
    Clusters.requireHere(attempt, answer);
    for (Map.Entry<String, ScriptAnswer.Frame> entry : answer.frames().entrySet()) {
      ScriptAnswer.Frame frame = entry.getValue();
      // Its success proves nothing, and of jobs that are over it may say an error.
      if (frame.code() != 0
          && frame.errors().stream()
              .anyMatch(error -> !error.contains("Invalid job id") && !isOverText(error))) {
        throw ScriptHost.notAnswering("scancel: " + frame.error());
      }
    }
    if (Submissions.isNumbered(job)) {
      return;
    }
    // Without word, whoever submits it from now on would launch it.
    if (answer.notes().containsKey("away")) {
      throw ScriptHost.away(attempt);
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
    ScriptHost.answered(
        host.ask(ScriptHost.script(SlurmScripts.PROBE), host.settings(true)), "squeue");
  }

  @Override
  public void close() {}

  private RemoteStatus statusOf(RemoteJob job) throws InterruptedException {
    try {
      return statuses(List.of(job)).getOrDefault(job, RemoteStatus.queued(""));
    } catch (TransientAdapterException e) {
      log.warn("Attempt {} was found and cannot be looked at", job.attempt().key(), e);
      return RemoteStatus.queued("");
    }
  }

  private static TransientAdapterException unseen(ScriptAnswer answer) {
    return ScriptHost.notAnswering("Which jobs there are is not known: " + said(answer));
  }

  private static String said(ScriptAnswer answer) {
    String said = String.join("; ", answer.notes().getOrDefault("said", List.of()));
    return said.isBlank() ? "no answer from squeue" : said;
  }

  /** The number of a job; empty if it has none. */
  private static String number(RemoteJob job) {
    return Submissions.isNumbered(job) ? job.remoteJobId() : "";
  }

  private static boolean isOverText(String error) {
    return error.contains("already completing or completed");
  }

  private void steer(RemoteJob job, ShellScript script) throws InterruptedException {
    Attempt attempt = BatchSubmission.checked(job.attempt());
    Command command =
        ScriptHost.script(
            script,
            BatchSubmission.name(attempt),
            attempt.key(),
            number(job),
            attempt.workPath(),
            host.clusters().of(attempt));
    ScriptAnswer answer = host.ask(command, host.settings());
    if (!answer.notes().containsKey("seen")) {
      throw unseen(answer);
    }
    Clusters.requireHere(attempt, answer);
    ScriptAnswer.Frame frame = answer.frame("steer");
    String error = frame != null && frame.code() != 0 ? frame.error() : said(answer);
    if (answer.notes().containsKey("failed")) {
      throw ScriptHost.notAnswering(
          "The Slurm job of attempt " + attempt.key() + " could not be changed: " + error);
    }
  }
}
