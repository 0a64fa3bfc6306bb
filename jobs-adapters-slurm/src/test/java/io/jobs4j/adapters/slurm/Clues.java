package io.jobs4j.adapters.slurm;

import io.jobs4j.adapters.slurm.Evidence.Accounts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of Slurm job 7 as a test wants it: at first, that it is not listed, that its script has
 * begun, and that the cluster has no accounting. Immutable.
 */
record Clues(
    boolean followed,
    @Nullable QueueRow row,
    RunRecord record,
    @Nullable ControllerRecord controller,
    @Nullable AccountingRecord accounting,
    Accounts accounts,
    int restarts,
    String submittedTo,
    @Nullable String answering,
    boolean believed) {
  static final Instant START = Instant.ofEpochSecond(1_700_000_000);
  static final Instant END = START.plusSeconds(60);

  static Clues none() {
    return new Clues(
        false,
        null,
        new RunRecord("7", 0, START, null, 0, false, RunRecord.Place.THERE),
        null,
        null,
        Accounts.NONE,
        0,
        "",
        null,
        false);
  }

  /** What is known of a job that the queue lists in a state. */
  static Clues listed(String state) {
    return none().inQueue(state, "None");
  }

  Clues inQueue(String state, String reason) {
    QueueRow listed =
        new QueueRow(
            "7", state, SlurmState.of(state), 0, START, END, START, "jobs-a", reason, "n1");
    return new Clues(
        followed,
        listed,
        record,
        controller,
        accounting,
        accounts,
        restarts,
        submittedTo,
        answering,
        believed);
  }

  Clues withRecord(RunRecord told) {
    return new Clues(
        followed,
        row,
        told,
        controller,
        accounting,
        accounts,
        restarts,
        submittedTo,
        answering,
        believed);
  }

  /** Its script never began. */
  Clues unstarted() {
    return withRecord(
        new RunRecord("", 0, null, null, 0, record.cancelled(), RunRecord.Place.THERE));
  }

  /** Its work directory is like this. */
  Clues in(RunRecord.Place place) {
    return withRecord(
        new RunRecord(
            record.owner(),
            record.restart(),
            record.began(),
            record.end(),
            record.requeues(),
            record.cancelled(),
            place));
  }

  /** Its script recorded that it ended. */
  Clues ended(int code, RunRecord.Cause cause) {
    RunRecord.End end = new RunRecord.End("7", 0, code, cause, START, END);
    return withRecord(new RunRecord("7", 0, START, end, 0, false, RunRecord.Place.THERE));
  }

  /** What the controller shows. */
  Clues shown(String state, String exit, String reason, boolean requeue) {
    return with(
        new ControllerRecord(
            state,
            SlurmState.of(state),
            reason,
            ExitStatus.of(exit),
            requeue,
            0,
            START,
            END,
            "n1"));
  }

  Clues with(@Nullable ControllerRecord told) {
    return new Clues(
        followed,
        row,
        record,
        told,
        accounting,
        accounts,
        restarts,
        submittedTo,
        answering,
        believed);
  }

  /** What accounting says of a job with this state, exit code, time of end and seconds. */
  Clues accounted(String state, String exit, String end, int elapsed) {
    AccountingRecord.Job job = new AccountingRecord.Job("7", "jobs-a");
    String line =
        "7|%s|%s|1700000000|1700000000|%s|%s|00:01||n1|jobs-a".formatted(state, exit, end, elapsed);
    return with(Objects.requireNonNull(AccountingRecord.of(Set.of(job), List.of(line)).get(job)));
  }

  Clues with(@Nullable AccountingRecord told) {
    return new Clues(
        followed,
        row,
        record,
        controller,
        told,
        Accounts.ANSWERED,
        restarts,
        submittedTo,
        answering,
        believed);
  }

  Clues with(Accounts asked) {
    return new Clues(
        followed,
        row,
        record,
        controller,
        accounting,
        asked,
        restarts,
        submittedTo,
        answering,
        believed);
  }

  Clues restarted(int times) {
    return new Clues(
        followed,
        row,
        record,
        controller,
        accounting,
        accounts,
        times,
        submittedTo,
        answering,
        believed);
  }

  /** It was submitted to one cluster and another answers. */
  Clues submitted(String cluster, @Nullable String answers) {
    return new Clues(
        followed,
        row,
        record,
        controller,
        accounting,
        accounts,
        restarts,
        cluster,
        answers,
        believed);
  }

  /** The time of grace is over. */
  Clues afterGrace() {
    return new Clues(
        followed,
        row,
        record,
        controller,
        accounting,
        accounts,
        restarts,
        submittedTo,
        answering,
        true);
  }

  Evidence evidence() {
    return new Evidence(
        "7",
        followed,
        row,
        record,
        controller,
        accounting,
        accounts,
        restarts,
        submittedTo,
        answering,
        () -> believed);
  }

  Verdict verdict() {
    return Verdicts.decide(List.of(VerdictRule.values()), evidence());
  }

  static Optional<VerdictRule> rule(Evidence evidence) {
    return List.of(VerdictRule.values()).stream().filter(rule -> rule.holds(evidence)).findFirst();
  }
}
