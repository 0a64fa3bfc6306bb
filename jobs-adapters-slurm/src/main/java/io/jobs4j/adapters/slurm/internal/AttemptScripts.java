package io.jobs4j.adapters.slurm.internal;

import io.jobs4j.core.shell.ShellScript;

/**
 * Parts of batch scripts that any batch system may run, for any POSIX shell, to be put one after
 * the other. They expect {@code jobs4j_key} and {@code jobs4j_work}, the attempt, and {@code
 * jobs4j_job}, {@code jobs4j_restart} and {@code jobs4j_node}, which job of the batch system this
 * is, and a function {@code launch}.
 */
public final class AttemptScripts {
  /** What a batch script returns if it cannot enter the work directory. */
  public static final int NO_DIRECTORY = 72;

  /** What a batch script returns if it cannot write its record. */
  public static final int NO_RECORD = 73;

  /** What a batch script returns if another job runs the attempt. */
  public static final int TAKEN = 75;

  /** Claims the attempt for the job. */
  public static final ShellScript CLAIM = part("claim");

  /** Launches it, where signals come to all processes of a job. */
  public static final ShellScript IN_FOREGROUND = part("run-in-foreground");

  /** Launches it, where only the batch script gets signals. */
  public static final ShellScript IN_BACKGROUND = part("run-in-background");

  /** Records its end. */
  public static final ShellScript RECORD_END = part("record-end");

  /** Ends any script, so that it is known to have come to its end. */
  static final ShellScript DONE = part("done");

  private AttemptScripts() {}

  private static ShellScript part(String name) {
    return ShellScript.of(AttemptScripts.class, name);
  }
}
