package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.Evidence.Accounts;
import io.jobs4j.adapters.slurm.SlurmState.Meaning;
import io.jobs4j.adapters.slurm.internal.AttemptScripts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What became of a job: the rows of a decision table, each of a condition and what is said if it
 * holds. The first row whose condition holds counts; if none does, nothing can be said yet. Nothing
 * but agreement of Slurm and of the batch script's record makes a success, and no answer is no
 * evidence.
 */
enum VerdictRule {
  // What the queue lists, and not as over.

  LISTED_IN_UNKNOWN_STATE(
      e -> e.isListed() && e.state().isEmpty(),
      e -> Verdict.inUnknownState(Objects.requireNonNull(e.row()).stateText())),
  LISTED_AS_RUNNING(
      e -> e.isListed(Meaning.RUNNING),
      e -> Verdict.alive(RemoteStatus.running(Objects.requireNonNull(e.row()).start()))),
  LISTED_AS_SUSPENDED(
      e -> e.isListed(Meaning.STANDING),
      e ->
          Verdict.alive(
              RemoteStatus.running(Objects.requireNonNull(e.row()).start())
                  .withReason("Suspended"))),
  LISTED_AS_WAITING(
      e -> e.isListed(Meaning.WAITING) || e.isListed(Meaning.HELD),
      e -> Verdict.alive(RemoteStatus.queued(e.pendingReason().text(e.id())))),
  LISTED_IN_A_STATE_THAT_SAYS_NOTHING(e -> e.isListed(Meaning.UNDECIDED), e -> Verdict.ALIVE),

  // Whether it is this job, on this cluster, that is to be judged.

  NOT_LISTED_BY_A_CLUSTER_THAT_DOES_NOT_SAY_WHICH_IT_IS(
      e -> e.isElsewhere() && e.answering() == null, e -> Verdict.OPEN),
  SUBMITTED_TO_ANOTHER_CLUSTER(
      e -> e.isElsewhere() && e.answering() != null,
      e ->
          Verdict.settled(
              RemoteStatus.unseen(
                  Clusters.unseen(e.submittedTo(), Objects.requireNonNull(e.answering()))))),
  ATTEMPT_RUN_BY_ANOTHER_JOB(Evidence::isOfAnother, e -> Verdict.FOLLOW),

  // Whether it is over. The controller was asked after the queue.

  WHO_CANCELLED_IT_IS_NOT_KNOWN_YET(
      e -> e.awaitsAccounting() && !e.isBelieved(), e -> Verdict.OPEN),
  IN_UNKNOWN_STATE_AFTER_ALL(
      e -> e.controller() != null && e.state().isEmpty(),
      e -> Verdict.inUnknownState(Objects.requireNonNull(e.controller()).stateText())),
  NOT_OVER_AFTER_ALL(
      e -> e.controller() != null && e.state().filter(state -> state.meaning.isEnd()).isEmpty(),
      e -> Verdict.ALIVE),
  INTERRUPTED_AND_PERHAPS_QUEUED_AGAIN(
      e -> e.isListedAsOver() && e.controller() == null && e.isOver(Meaning.INTERRUPTED),
      e -> Verdict.OPEN),
  INTERRUPTED_AND_TO_BE_QUEUED_AGAIN(
      e ->
          e.isOver(Meaning.INTERRUPTED)
              && e.controller() != null
              && e.controller().requeue()
              && !e.isBelieved(),
      e ->
          Verdict.settled(
              RemoteStatus.queued(e.state().orElseThrow() + ": Slurm will queue it again"))),

  // What Slurm says is over.

  COMPLETED_AS_RECORDED(
      e -> e.isOver(Meaning.COMPLETED) && e.end() != null,
      e -> Ending.of(e).recorded(Objects.requireNonNull(e.end()))),
  COMPLETED_WITHOUT_RECORD(
      e -> e.isOver(Meaning.COMPLETED) && e.returned(0) && e.signal() == 0,
      e -> Ending.of(e).returned(0)),
  DROPPED_BEFORE_IT_RAN(
      e -> e.isOver(Meaning.CANCELLED) && e.isWithdrawn(),
      e ->
          Ending.of(e)
              .by(
                  Cause.SYSTEM_FAILURE,
                  ("Slurm dropped it before it ran. " + Ending.of(e).cancelledBy()).strip())),
  CANCELLED(
      e -> e.isOver(Meaning.CANCELLED),
      e -> Ending.of(e).by(Cause.CANCELLED, Ending.of(e).cancelledBy())),
  NOT_OVER_BY_ITS_DEADLINE(
      e -> e.isOver(Meaning.TIME_OVER) && e.state().orElseThrow() == SlurmState.DEADLINE,
      e -> Ending.of(e).by(Cause.TIME_LIMIT, "It was not over by its deadline.")),
  TIME_OVER(e -> e.isOver(Meaning.TIME_OVER), e -> Ending.of(e).by(Cause.TIME_LIMIT, "")),
  MEMORY_OVER(e -> e.isOver(Meaning.MEMORY_OVER), e -> Ending.of(e).by(Cause.OUT_OF_MEMORY, "")),
  NODE_FAILED(
      e -> e.isOver(Meaning.INTERRUPTED) && e.state().orElseThrow() == SlurmState.NODE_FAIL,
      e -> Ending.of(e).by(Cause.SYSTEM_FAILURE, Ending.of(e).noted("A node of it failed"))),
  PREEMPTED(
      e -> e.isOver(Meaning.INTERRUPTED) && e.state().orElseThrow() == SlurmState.PREEMPTED,
      e ->
          Ending.of(e)
              .by(Cause.SYSTEM_FAILURE, Ending.of(e).noted("It had to make room for another job"))),
  NODES_NOT_BOOTED(
      e -> e.isOver(Meaning.INTERRUPTED),
      e ->
          Ending.of(e)
              .by(Cause.SYSTEM_FAILURE, Ending.of(e).noted("Its nodes could not be booted"))),

  // What Slurm says has failed: by itself, or because it could not be started.

  FAILED_AS_RECORDED(
      e -> e.isOver(Meaning.FAILED) && e.end() != null && e.end().tellsFailure(),
      e -> Ending.of(e).recorded(Objects.requireNonNull(e.end()))),
  NOT_STARTED_AGAIN(
      e -> e.isOver(Meaning.FAILED) && e.hasBegun() && e.record().restart() < e.restarts(),
      e ->
          Ending.of(e)
              .by(
                  Cause.SYSTEM_FAILURE,
                  Ending.of(e).noted("Slurm queued it again and could not start it on its node"))),
  NOT_STARTED(
      e -> e.isOver(Meaning.FAILED) && e.signal() == ExitStatus.NOT_LAUNCHED && !e.hasBegun(),
      e ->
          Ending.of(e)
              .by(
                  Cause.SYSTEM_FAILURE,
                  Ending.of(e)
                      .noted(
                          "Slurm could not start it on its node: the work directory or its output"
                              + " file cannot be reached there"))),
  WORK_DIRECTORY_NOT_ENTERED(
      e -> e.isOver(Meaning.FAILED) && e.returned(AttemptScripts.NO_DIRECTORY) && !e.hasBegun(),
      e ->
          Ending.of(e)
              .by(Cause.SYSTEM_FAILURE, "The work directory cannot be entered on its node.")),
  WORK_DIRECTORY_NOT_WRITTEN(
      e -> e.isOver(Meaning.FAILED) && e.returned(AttemptScripts.NO_RECORD) && !e.hasBegun(),
      e ->
          Ending.of(e)
              .by(Cause.SYSTEM_FAILURE, "The work directory cannot be written to on its node.")),
  FAILED_BY_A_SIGNAL(
      e -> e.isOver(Meaning.FAILED) && Ending.isSignal(e.signal()),
      e -> Ending.of(e).signalled(e.signal())),
  FAILED_WITH_A_CODE(
      e -> e.isOver(Meaning.FAILED) && e.exit() != null && e.exit().code() != 0,
      e -> Ending.of(e).returned(Objects.requireNonNull(e.exit()).code())),
  FAILED(
      e -> e.isOver(Meaning.FAILED),
      e -> Ending.of(e).by(Cause.SYSTEM_FAILURE, Ending.of(e).noted("Slurm says that it failed"))),

  // Of what Slurm does not know any more, or what found the attempt claimed, the work directory
  // alone can tell. While accounting does not answer, which might know that the record is that of
  // an earlier run, it is believed after a time of grace.

  ACCOUNTED_IN_UNKNOWN_STATE(
      e ->
          e.row() == null
              && e.end() == null
              && e.accounting() != null
              && e.accounting().state().isEmpty(),
      e -> Verdict.inUnknownState(Objects.requireNonNull(e.accounting()).stateText())),
  FORGOTTEN_AS_RECORDED(
      e ->
          e.isForgotten() && e.end() != null && (e.accounts() != Accounts.SILENT || e.isBelieved()),
      e -> Ending.ofRecord(e).recorded(Objects.requireNonNull(e.end()))),
  FORGOTTEN_WHILE_ACCOUNTING_IS_SILENT(
      e -> e.isForgotten() && e.accounts() == Accounts.SILENT, e -> Verdict.OPEN),
  FORGOTTEN_WHILE_ITS_FILES_ARE_AWAY(
      e -> e.isForgotten() && e.record().place() == RunRecord.Place.AWAY, e -> Verdict.OPEN),
  FORGOTTEN_NOT_LONG_AGO(e -> e.isForgotten() && !e.isBelieved(), e -> Verdict.OPEN),
  LOST_WITH_ITS_WORK_DIRECTORY(
      e -> e.isForgotten() && e.record().place() == RunRecord.Place.GONE,
      e -> lost(e, "its work directory is gone.")),
  LOST_BEFORE_IT_STARTED(
      e -> e.isForgotten() && !e.hasBegun(), e -> lost(e, "its script never started.")),
  LOST_WITHOUT_ITS_END(Evidence::isForgotten, e -> lost(e, "its script left no exit code."));

  @SuppressWarnings("ImmutableEnumChecker") // A lambda that captures nothing is immutable.
  private final Predicate<Evidence> condition;

  @SuppressWarnings("ImmutableEnumChecker") // A lambda that captures nothing is immutable.
  private final Function<Evidence, Verdict> outcome;

  VerdictRule(Predicate<Evidence> condition, Function<Evidence, Verdict> outcome) {
    this.condition = condition;
    this.outcome = outcome;
  }

  boolean holds(Evidence evidence) {
    return condition.test(evidence);
  }

  Verdict verdict(Evidence evidence) {
    return outcome.apply(evidence);
  }

  private static Verdict lost(Evidence evidence, String what) {
    String why =
        evidence.isRefusedByClaim()
            ? "Slurm job " + evidence.id() + " found the attempt taken by another"
            : "Slurm does not know job " + evidence.id() + " any more";
    return Verdict.settled(RemoteStatus.lost(evidence.record().began(), why + ", and " + what));
  }
}
