package io.jobs4j.adapters.slurm;

import io.jobs4j.core.shell.BaseEnvironment;
import io.jobs4j.core.shell.ShellScript;
import java.util.stream.Stream;

/**
 * The programs that run on the host where Slurm's commands are, for any POSIX shell.
 *
 * <p>The state of an attempt is in {@code .jobs4j} of the work directory:
 *
 * <pre>
 * KEY.intent.N   somebody is about to call sbatch, for the Nth time; "intent TIME on CLUSTER"
 * KEY.id         sbatch returned this id; "id JOB on CLUSTER"
 * KEY.run        the batch script runs; "run JOB RESTART TIME", a line for each run
 * KEY.end        it is over; "end KEY JOB RESTART CODE CAUSE BEGAN ENDED"
 * KEY.restarts   Slurm was seen to have queued a job again so often; "restarts JOB COUNT"
 * KEY.cancel     somebody wants the attempt ended
 * KEY.hold       the engine has held its jobs, or is about to; empty
 * </pre>
 *
 * {@code on CLUSTER} is missing in records of earlier versions, and where the cluster did not tell
 * its name.
 *
 * <p>An id that cannot be read is none: the attempt is asked about by its name. A record of a run
 * that cannot be read keeps the attempt from being submitted or run again, as it may have run.
 *
 * <p>Jobs are steered by numbers that a look for their name has just shown, never by one that is
 * kept, which the cluster may have given to somebody else's job by then. So what is asked for
 * reaches all Slurm jobs of an attempt, whichever of them runs it. {@code scancel} with a name
 * instead of numbers would have the controller send all jobs of the cluster.
 *
 * <p>{@code squeue} lists nothing and returns zero for a user whose name it cannot look up. That is
 * no answer.
 *
 * <p>Times are seconds since 1970 by the clock of the host that writes them.
 */
final class SlurmScripts {
  /**
   * Stands in answers for the name of a cluster that has none; no cluster can have it for a name.
   */
  static final String NAMELESS = "(none)";

  /**
   * Calls {@code sbatch} with the batch script on standard input, after the line with its
   * variables, unless the attempt was submitted before or somebody else is about to. Says {@code
   * jobs4j refused WHY}, {@code jobs4j blocked WHY}, {@code jobs4j taken}, or what {@code sbatch}
   * said, and its id if it gave one.
   *
   * <p>What {@code sbatch} has for its environment is what the job gets with {@code --export=ALL},
   * so it is made: the base of all jobs, with the directory of Slurm's commands in its path, and
   * where the cluster is. A token for the cluster is added for {@code sbatch}; the batch script
   * drops it. So are the variables by which it takes options.
   *
   * <p>Arguments: work directory, key, which submission, seconds after which {@code sbatch} is
   * ended, the clusters that hosts are known to reach, and the words of {@code sbatch}.
   */
  static final ShellScript SUBMIT =
      afterPrelude(
              "internal/intend", "account", "cluster-here", "cluster-ask", "cluster-name", "submit")
          .with("ACCOUNT", BaseEnvironment::account)
          .with("WORDS", () -> BaseEnvironment.WORDS)
          .with("BASE_PATH", () -> BaseEnvironment.PATH);

  /** Takes back the intent of a submission that did not come about. Arguments as above. */
  static final ShellScript RETRACT = ShellScript.of(SlurmScripts.class, "internal/retract");

  /**
   * Notes the id of a job that was found. Arguments: work directory, key, id, cluster or nothing.
   */
  static final ShellScript ADOPT = ShellScript.of(SlurmScripts.class, "internal/adopt");

  /**
   * Cancels copies of an attempt as long as they wait, whatever happens meanwhile: what is held
   * cannot start between the look and the deed. Arguments: name, ids.
   */
  static final ShellScript DROP = afterPrelude("drop");

  /**
   * Says all that is known of an attempt: the records in its work directory, and the jobs of its
   * name; {@code jobs4j damaged} if a record of a run cannot be read, and {@code jobs4j elsewhere}
   * if its jobs would be in another cluster. Arguments: work directory, key, name, tenths of a
   * second to wait for a record, whether there is accounting, the columns of {@code squeue}.
   */
  static final ShellScript LOOK =
      afterPrelude("in-utc", "cluster-ask", "cluster-compare", "look-at", "internal/look", "look");

  /**
   * Begins a script that lists jobs ({@code queue NAMES COLUMNS OPTION...}), and shows how a
   * cluster is configured that is not known ({@code learn KNOWN}). They are asked for by name: that
   * finds all Slurm jobs of an attempt, and none that has the number of one.
   */
  static final ShellScript QUEUE = afterPrelude("in-utc", "cluster-here", "cluster-learn", "queue");

  /**
   * Begins a script that says of attempts whether the engine has held them ({@code held NUMBER
   * WORKDIRECTORY KEY}): {@code jobs4j held NUMBER} of those that it has.
   */
  static final ShellScript HOLDS = afterPrelude("holds");

  /**
   * Begins a script that reads the records of jobs ({@code records NUMBER WORKDIRECTORY KEY}), asks
   * about those that have ended ({@code controller ID}, {@code accounts IDS COLUMNS OPTION...}),
   * asks how the cluster is configured ({@code cluster}), and notes how often they were queued
   * again ({@code restarted WORKDIRECTORY KEY ID COUNT}, which says {@code jobs4j noted ID KEY} if
   * it could).
   *
   * <p>Of a job that Slurm says to be completed, {@code records NUMBER WORKDIRECTORY KEY ID
   * RESTART} asks the controller only if that run has not recorded its end.
   */
  static final ShellScript DETAILS =
      afterPrelude("in-utc", "cluster-here", "internal/notes", "details");

  /** Says how the cluster is configured. */
  static final ShellScript SETTINGS = afterPrelude("cluster-here", "settings", "internal/done");

  /** Asks for a job that there need not be, which shows that the controller answers. */
  static final ShellScript PROBE = afterPrelude("probe", "internal/done");

  /**
   * Leaves word that the attempt shall not run, and cancels all its jobs. Says {@code jobs4j
   * marked} if word was left, or nobody can launch it any more, {@code jobs4j seen} if Slurm said
   * which jobs there are, and {@code jobs4j said WHY} if it did not; {@code jobs4j elsewhere} if
   * there are none since another cluster answered. Arguments: work directory, key, name, number or
   * nothing, cluster or nothing.
   */
  static final ShellScript CANCEL =
      afterPrelude("cluster-ask", "cluster-compare", "internal/leave-word", "cancel");

  /**
   * Keeps jobs from running on. One that runs is suspended, which takes the rights of an operator,
   * or else stopped. Word of it is left in the work directory, if that can be written to: before
   * the deed, so that no job is held without it, and after it, since a release may have come
   * between. Arguments: name, key, number or nothing, work directory, cluster or nothing.
   */
  static final ShellScript HOLD =
      afterPrelude("cluster-ask", "cluster-compare", "hold", "steer", "internal/done");

  /**
   * Undoes that, and takes the word of it away once no job is held any more. Arguments as above.
   */
  static final ShellScript RELEASE =
      afterPrelude(
          "cluster-ask", "cluster-compare", "release", "steer", "released", "internal/done");

  private SlurmScripts() {}

  private static ShellScript afterPrelude(String... parts) {
    return ShellScript.of(
        SlurmScripts.class,
        Stream.concat(Stream.of("prelude", "internal/frames", "internal/records"), Stream.of(parts))
            .toArray(String[]::new));
  }
}
