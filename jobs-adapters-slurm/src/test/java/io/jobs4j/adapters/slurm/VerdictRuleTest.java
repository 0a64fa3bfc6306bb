package io.jobs4j.adapters.slurm;

import static io.jobs4j.adapters.slurm.Clues.listed;
import static io.jobs4j.adapters.slurm.Clues.none;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.Evidence.Accounts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A case for each row of the table, which is judged otherwise without the row. */
class VerdictRuleTest {
  private record Case(Clues clues, String verdict) {}

  private static Case of(VerdictRule rule) {
    return switch (rule) {
      case LISTED_IN_UNKNOWN_STATE -> new Case(listed("HIBERNATING"), "ALIVE unknown HIBERNATING");
      case LISTED_AS_RUNNING -> new Case(listed("RUNNING"), "ALIVE RUNNING");
      case LISTED_AS_SUSPENDED -> new Case(listed("SUSPENDED"), "ALIVE RUNNING: Suspended");
      case LISTED_AS_WAITING ->
          new Case(none().inQueue("PENDING", "Priority"), "ALIVE QUEUED: Priority");
      case LISTED_IN_A_STATE_THAT_SAYS_NOTHING -> new Case(listed("COMPLETING"), "ALIVE");
      case NOT_LISTED_BY_A_CLUSTER_THAT_DOES_NOT_SAY_WHICH_IT_IS ->
          new Case(none().submitted("one", null).in(RunRecord.Place.GONE).afterGrace(), "OPEN");
      case SUBMITTED_TO_ANOTHER_CLUSTER ->
          new Case(
              none().submitted("one", "two").afterGrace(),
              "SETTLED UNSEEN: The job was submitted to the Slurm cluster one and cannot be seen"
                  + " from the cluster two, which answers now");
      case ATTEMPT_RUN_BY_ANOTHER_JOB ->
          new Case(
              listed("CANCELLED")
                  .withRecord(
                      new RunRecord("8", 0, Clues.START, null, 0, false, RunRecord.Place.THERE)),
              "FOLLOW");
      case WHO_CANCELLED_IT_IS_NOT_KNOWN_YET ->
          new Case(listed("CANCELLED").unstarted().with(Accounts.ANSWERED), "OPEN");
      case IN_UNKNOWN_STATE_AFTER_ALL ->
          new Case(
              listed("FAILED").shown("HIBERNATING", "0:0", "", false), "ALIVE unknown HIBERNATING");
      case NOT_OVER_AFTER_ALL ->
          new Case(listed("NODE_FAIL").shown("PENDING", "0:0", "", true), "ALIVE");
      case INTERRUPTED_AND_PERHAPS_QUEUED_AGAIN -> new Case(listed("NODE_FAIL"), "OPEN");
      case INTERRUPTED_AND_TO_BE_QUEUED_AGAIN ->
          new Case(
              listed("PREEMPTED").shown("PREEMPTED", "0:0", "", true),
              "SETTLED QUEUED: PREEMPTED: Slurm will queue it again");
      case COMPLETED_AS_RECORDED ->
          new Case(
              listed("COMPLETED")
                  .shown("COMPLETED", "0:0", "", false)
                  .ended(3, RunRecord.Cause.EXITED),
              "SETTLED ENDED EXITED 3");
      case COMPLETED_WITHOUT_RECORD ->
          new Case(
              listed("COMPLETED").shown("COMPLETED", "0:0", "", false), "SETTLED ENDED EXITED 0");
      case DROPPED_BEFORE_IT_RAN ->
          new Case(
              listed("CANCELLED").unstarted().accounted("CANCELLED by 0", "0:0", "1700000060", 0),
              "SETTLED ENDED SYSTEM_FAILURE: Slurm dropped it before it ran. It was cancelled by"
                  + " uid 0.");
      case CANCELLED ->
          new Case(
              listed("CANCELLED").shown("CANCELLED", "0:15", "Why", false),
              "SETTLED ENDED CANCELLED signal 15: Slurm's reason: Why.");
      case NOT_OVER_BY_ITS_DEADLINE ->
          new Case(
              listed("DEADLINE"), "SETTLED ENDED TIME_LIMIT: It was not over by its deadline.");
      case TIME_OVER -> new Case(listed("TIMEOUT"), "SETTLED ENDED TIME_LIMIT");
      case MEMORY_OVER -> new Case(listed("OUT_OF_MEMORY"), "SETTLED ENDED OUT_OF_MEMORY");
      case NODE_FAILED ->
          new Case(
              listed("NODE_FAIL").shown("NODE_FAIL", "0:0", "", false),
              "SETTLED ENDED SYSTEM_FAILURE: A node of it failed.");
      case PREEMPTED ->
          new Case(
              listed("PREEMPTED").shown("PREEMPTED", "0:0", "Why", true).afterGrace(),
              "SETTLED ENDED SYSTEM_FAILURE: It had to make room for another job (Why).");
      case NODES_NOT_BOOTED ->
          new Case(
              listed("BOOT_FAIL").shown("BOOT_FAIL", "0:0", "", false),
              "SETTLED ENDED SYSTEM_FAILURE: Its nodes could not be booted.");
      case FAILED_AS_RECORDED ->
          new Case(failed("1:0").ended(1, RunRecord.Cause.MODULES), "SETTLED ENDED MODULES");
      case NOT_STARTED_AGAIN ->
          new Case(
              failed("1:0").restarted(1),
              "SETTLED ENDED SYSTEM_FAILURE: Slurm queued it again and could not start it on its"
                  + " node.");
      case NOT_STARTED ->
          new Case(
              failed("0:53").unstarted(),
              "SETTLED ENDED SYSTEM_FAILURE: Slurm could not start it on its node: the work"
                  + " directory or its output file cannot be reached there.");
      case WORK_DIRECTORY_NOT_ENTERED ->
          new Case(
              failed("72:0").unstarted(),
              "SETTLED ENDED SYSTEM_FAILURE: The work directory cannot be entered on its node.");
      case WORK_DIRECTORY_NOT_WRITTEN ->
          new Case(
              failed("73:0").unstarted(),
              "SETTLED ENDED SYSTEM_FAILURE: The work directory cannot be written to on its node.");
      case FAILED_BY_A_SIGNAL -> new Case(failed("0:9"), "SETTLED ENDED SIGNALLED signal 9");
      case FAILED_WITH_A_CODE -> new Case(failed("3:0"), "SETTLED ENDED EXITED 3");
      case FAILED ->
          new Case(failed("0:0"), "SETTLED ENDED SYSTEM_FAILURE: Slurm says that it failed.");
      case ACCOUNTED_IN_UNKNOWN_STATE ->
          new Case(
              none().accounted("HIBERNATING", "0:0", "1700000060", 60),
              "ALIVE unknown HIBERNATING");
      case FORGOTTEN_AS_RECORDED ->
          new Case(none().ended(3, RunRecord.Cause.EXITED), "SETTLED ENDED EXITED 3");
      case FORGOTTEN_WHILE_ACCOUNTING_IS_SILENT ->
          new Case(none().with(Accounts.SILENT).afterGrace(), "OPEN");
      case FORGOTTEN_WHILE_ITS_FILES_ARE_AWAY ->
          new Case(none().in(RunRecord.Place.AWAY).afterGrace(), "OPEN");
      case FORGOTTEN_NOT_LONG_AGO -> new Case(none(), "OPEN");
      case LOST_WITH_ITS_WORK_DIRECTORY ->
          new Case(
              none().in(RunRecord.Place.GONE).afterGrace(),
              "SETTLED LOST: Slurm does not know job 7 any more, and its work directory is gone.");
      case LOST_BEFORE_IT_STARTED ->
          new Case(
              none().unstarted().afterGrace(),
              "SETTLED LOST: Slurm does not know job 7 any more, and its script never started.");
      case LOST_WITHOUT_ITS_END ->
          new Case(
              none().afterGrace(),
              "SETTLED LOST: Slurm does not know job 7 any more, and its script left no exit"
                  + " code.");
    };
  }

  private static Clues failed(String exit) {
    return listed("FAILED").shown("FAILED", exit, "", false);
  }

  @ParameterizedTest
  @EnumSource
  void everyRowDecidesACase(VerdictRule rule) {
    Case one = of(rule);
    Evidence evidence = one.clues().evidence();
    List<VerdictRule> without = new ArrayList<>(List.of(VerdictRule.values()));
    without.remove(rule);

    assertThat(Clues.rule(evidence)).contains(rule);
    assertThat(text(one.clues().verdict())).isEqualTo(one.verdict());
    assertThat(text(Verdicts.decide(without, evidence))).isNotEqualTo(one.verdict());
  }

  private static String text(Verdict verdict) {
    StringBuilder text = new StringBuilder(verdict.kind().name());
    RemoteStatus status = verdict.status();
    if (status != null) {
      text.append(' ').append(status.state());
      if (status.state() == RemoteStatus.State.ENDED) {
        text.append(' ').append(status.cause());
      }
      status.exitCode().ifPresent(code -> text.append(' ').append(code));
      status.signal().ifPresent(signal -> text.append(" signal ").append(signal));
      if (!status.reason().isEmpty()) {
        text.append(": ").append(status.reason());
      }
    }
    if (verdict.unknownState() != null) {
      text.append(" unknown ").append(verdict.unknownState());
    }
    return text.toString();
  }

  @Test
  void everyEndIsToldOnceAllIsKnown() {
    assertThat(Arrays.stream(SlurmState.values()).filter(state -> state.meaning.isEnd()))
        .allSatisfy(
            state ->
                assertThat(
                        listed(state.name())
                            .shown(state.name(), "0:0", "", false)
                            .verdict()
                            .status())
                    .isNotNull()
                    .extracting(RemoteStatus::state)
                    .isEqualTo(RemoteStatus.State.ENDED));
  }

  @Test
  void whatHasNoRowIsOpen() {
    assertThat(listed("COMPLETED").verdict()).isEqualTo(Verdict.OPEN);
    assertThat(Verdicts.decide(List.of(), none().evidence())).isEqualTo(Verdict.OPEN);
  }

  @Test
  void accountingThatIsSilentIsNotWaitedForForEver() {
    Clues clues = none().ended(3, RunRecord.Cause.EXITED).with(Accounts.SILENT);

    assertThat(text(clues.verdict())).isEqualTo("OPEN");
    assertThat(text(clues.afterGrace().verdict())).isEqualTo("SETTLED ENDED EXITED 3");
  }

  @Test
  void whatFoundTheAttemptClaimedIsAsGoodAsForgotten() {
    assertThat(text(failed("75:0").verdict())).isEqualTo("OPEN");
    assertThat(text(failed("75:0").afterGrace().verdict()))
        .isEqualTo(
            "SETTLED LOST: Slurm job 7 found the attempt taken by another, and its script left no"
                + " exit code.");
  }

  @Test
  void whoCancelledAJobIsNotWaitedForForEverNorWithoutAccounting() {
    Clues clues = listed("CANCELLED").unstarted().with(Accounts.ANSWERED);

    assertThat(text(clues.afterGrace().verdict())).isEqualTo("SETTLED ENDED CANCELLED");
    assertThat(text(clues.with(Accounts.NONE).verdict())).isEqualTo("SETTLED ENDED CANCELLED");
  }
}
