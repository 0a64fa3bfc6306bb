package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.internal.AttemptScripts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a job when a verdict on it is wanted.
 *
 * @param id of the Slurm job that is meant
 * @param followed whether that id has been found out to be the one that counts
 * @param row what the queue lists of it; {@code null} if it is not listed
 * @param record what the batch script left in the work directory
 * @param controller what the controller remembers; {@code null} if it was not asked or has
 *     forgotten the job
 * @param accounting what the database has; {@code null} if there is none or it has nothing
 * @param accounts whether the database could be asked
 * @param seenRestarts how often the job was seen to be queued again
 * @param submittedTo the cluster that the attempt was submitted to; empty if that is not known
 * @param answering the cluster that answers; empty if it has no name, {@code null} if it did not
 *     say
 * @param grace whether it has been doubted for long enough that the job is there or goes on; asked
 *     for the first time, it begins to be doubted
 */
record Evidence(
    String id,
    boolean followed,
    @Nullable QueueRow row,
    RunRecord record,
    @Nullable ControllerRecord controller,
    @Nullable AccountingRecord accounting,
    Accounts accounts,
    int seenRestarts,
    String submittedTo,
    @Nullable String answering,
    BooleanSupplier grace) {
  /** Whether accounting could be asked. */
  enum Accounts {
    /** The cluster has none. */
    NONE,
    SILENT,
    ANSWERED;

    /**
     * What an answer says of that.
     *
     * @param accounts {@code null} if there was none
     */
    static Accounts of(ScriptAnswer.@Nullable Frame accounts, ClusterSettings settings) {
      if (!settings.accounting()) {
        return NONE;
      }
      if (accounts == null) {
        return SILENT;
      }
      if (accounts.code() == 0) {
        return ANSWERED;
      }
      return AccountingRecord.isDisabled(accounts) ? NONE : SILENT;
    }
  }

  /** What the queue alone says of a job that is not over. */
  static Evidence listed(Statuses.Asked asked, QueueRow row) {
    return new Evidence(
        asked.id(),
        asked.followed(),
        row,
        RunRecord.NONE,
        null,
        null,
        Accounts.SILENT,
        0,
        "",
        null,
        () -> false);
  }

  /** Whether the queue lists it, and not as over. */
  boolean isListed() {
    return row != null && row.state().filter(state -> state.meaning.isEnd()).isEmpty();
  }

  /** Whether the queue lists it, not as over, in a state that means this. */
  boolean isListed(SlurmState.Meaning meaning) {
    return isListed() && row != null && is(row.state(), meaning);
  }

  /** Whether the queue lists it as over. */
  boolean isListedAsOver() {
    return row != null && !isListed();
  }

  /** How often it was queued again, by whoever knows of most. */
  int restarts() {
    int most = Math.max(seenRestarts, row == null ? 0 : row.restarts());
    if (record.owner().equals(id)) {
      most = Math.max(most, record.requeues());
    }
    if (accounting != null) {
      most = Math.max(most, accounting.restarts());
    }
    // It was asked last, and the job may have been queued again meanwhile.
    return controller == null ? most : Math.max(most, controller.restarts());
  }

  /** The state that counts: of those who know the job, that of who was asked last. */
  Optional<SlurmState> state() {
    if (controller != null) {
      return controller.state();
    }
    if (row != null) {
      return row.state();
    }
    return accounting == null ? Optional.empty() : accounting.state();
  }

  /** Why it waits, if the queue lists it as waiting. */
  PendingReason pendingReason() {
    return PendingReason.of(state().orElse(SlurmState.PENDING), row == null ? "" : row.reason());
  }

  /** The end that the work directory tells of its last run; {@code null} if it does not. */
  RunRecord.@Nullable End end() {
    return record.endOf(id, restarts());
  }

  /** How its script ended, as Slurm says; {@code null} if it does not. */
  @Nullable ExitStatus exit() {
    ExitStatus known = controller == null ? null : controller.exit().orElse(null);
    return known != null || accounting == null ? known : accounting.exit().orElse(null);
  }

  /** Whether the script has begun, in this run or an earlier one. */
  boolean hasBegun() {
    return record.began() != null;
  }

  /** Whether it has been doubted for long enough that the job is there or goes on. */
  boolean isBelieved() {
    return grace.getAsBoolean();
  }

  /**
   * Whether it is not listed, was submitted to a cluster of another name than the one that answers,
   * and its end is not in the work directory.
   */
  boolean isElsewhere() {
    return row == null
        && record.endOf(id, record.requeues()) == null
        && !submittedTo.isEmpty()
        && !submittedTo.equals(answering);
  }

  /** Whether another Slurm job runs the attempt. */
  boolean isOfAnother() {
    return !followed && !record.owner().isEmpty() && !record.owner().equals(id);
  }

  /** Whether accounting, which may be late, is still to say who cancelled a job that never ran. */
  boolean awaitsAccounting() {
    return accounts == Accounts.ANSWERED
        && row != null
        && is(row.state(), SlurmState.Meaning.CANCELLED)
        && !hasBegun()
        && !record.cancelled()
        && (accounting == null || accounting.end() == null);
  }

  /**
   * Whether what it returned is the word of a copy that found the attempt claimed, and thus says
   * nothing of the attempt.
   */
  boolean isRefusedByClaim() {
    ExitStatus exit = exit();
    RunRecord.End end = end();
    return is(state(), SlurmState.Meaning.FAILED)
        && exit != null
        && exit.code() == AttemptScripts.TAKEN
        && (end == null || end.code() == 0);
  }

  /** Whether Slurm says that it ended so. */
  boolean isOver(SlurmState.Meaning meaning) {
    return is(state(), meaning) && !isRefusedByClaim();
  }

  /** Whether only the work directory can tell of it. */
  boolean isForgotten() {
    return isRefusedByClaim()
        || (row == null && state().filter(state -> state.meaning.isEnd()).isEmpty());
  }

  /** Whether Slurm itself took it out of the queue, as it does when it cannot place it. */
  boolean isWithdrawn() {
    return !record.cancelled()
        && !hasBegun()
        && accounting != null
        && (accounting.cancelledBy().equals("0") || accounting.cancelledBy().equals("root"))
        && Duration.ZERO.equals(accounting.usage().elapsed());
  }

  /** Whether its script ended with this code. */
  boolean returned(int code) {
    ExitStatus exit = exit();
    return exit != null && exit.code() == code;
  }

  /** The signal that ended its script, or a number of Slurm's own; 0 for none. */
  int signal() {
    ExitStatus exit = exit();
    return exit == null ? 0 : exit.signal();
  }

  private static boolean is(Optional<SlurmState> state, SlurmState.Meaning meaning) {
    return state.filter(known -> known.meaning == meaning).isPresent();
  }
}
