package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.Evidence.Accounts;
import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.RemoteUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictsTest {
  private static final Instant START = Clues.START;
  private static final Instant END = Clues.END;

  /** {@code record} is what the script returned, or a hyphen. */
  @ParameterizedTest
  @CsvSource({
    "COMPLETED, 0:0, 0, EXITED, 0, 0",
    "COMPLETED, 0:0, -, EXITED, 0, 0",
    "COMPLETED, 0:0, 3, EXITED, 3, 0",
    "COMPLETED, 0:0, 137, SIGNALLED, -1, 9",
    "FAILED, 3:0, 3, EXITED, 3, 0",
    "FAILED, 3:0, -, EXITED, 3, 0",
    "FAILED, 137:0, 137, SIGNALLED, -1, 9",
    "FAILED, 0:9, -, SIGNALLED, -1, 9",
    "FAILED, 139:0, -, SIGNALLED, -1, 11",
    "FAILED, 128:0, 128, EXITED, 128, 0",
    "FAILED, 1:0, 0, EXITED, 1, 0",
    "FAILED, 0:0, 0, SYSTEM_FAILURE, -1, 0",
    "CANCELLED, 0:15, 143, CANCELLED, -1, 15",
    "CANCELLED, 0:0, -, CANCELLED, -1, 0",
    "CANCELLED, 0:0, 0, CANCELLED, -1, 0",
    "TIMEOUT, 0:15, 143, TIME_LIMIT, -1, 15",
    "TIMEOUT, 0:0, 0, TIME_LIMIT, -1, 0",
    "DEADLINE, 0:0, -, TIME_LIMIT, -1, 0",
    "OUT_OF_MEMORY, 0:125, 0, OUT_OF_MEMORY, -1, 0",
    "OUT_OF_MEMORY, 0:0, 0, OUT_OF_MEMORY, -1, 0",
    "NODE_FAIL, 0:15, -, SYSTEM_FAILURE, -1, 15",
    "PREEMPTED, 0:0, -, SYSTEM_FAILURE, -1, 0",
    "BOOT_FAIL, 0:0, -, SYSTEM_FAILURE, -1, 0"
  })
  void saysWhyAJobEnded(
      SlurmState state, String exit, String record, Cause cause, int code, int signal) {
    RemoteStatus status =
        Objects.requireNonNull(
            outcome(state, controller(state, exit, "None", "n1"), null, record, true)
                .verdict()
                .status());

    assertThat(status.state()).isEqualTo(State.ENDED);
    assertThat(status.cause()).isEqualTo(cause);
    assertThat(status.exitCode().orElse(-1)).isEqualTo(code);
    assertThat(status.signal().orElse(0)).isEqualTo(signal);
    assertThat(status.started()).isEqualTo(START);
    assertThat(status.ended()).isEqualTo(END);
    assertThat(status.usage())
        .isEqualTo(new RemoteUsage(Duration.ofSeconds(60), null, OptionalLong.empty(), "n1"));
  }

  @Test
  void completedAloneIsNotEnough() {
    assertThat(outcome(SlurmState.COMPLETED, null, null, "-", true).verdict().status()).isNull();
  }

  @Test
  void theRecordIsEnoughForAJobThatIsForgotten() {
    RemoteStatus status = outcome(SlurmState.COMPLETED, null, null, "3", true).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.exitCode()).hasValue(3);
    assertThat(status.started()).isEqualTo(START);
    assertThat(status.ended()).isEqualTo(END);
  }

  @Test
  void aScriptThatCouldNotBeLaunchedIsTheSystemsFault() {
    ControllerRecord controller = controller(SlurmState.FAILED, "0:53", "JobLaunchFailure", "n1");

    RemoteStatus status =
        outcome(SlurmState.FAILED, controller, null, "-", false).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).contains("work directory").contains("JobLaunchFailure");
  }

  @Test
  void aScriptThatCouldNotBeLaunchedAgainIsTheSystemsFault() {
    ControllerRecord controller = controller(SlurmState.FAILED, "1:0", "NonZeroExitCode", "n1");

    RemoteStatus status =
        outcome(SlurmState.FAILED, controller, null, "-", true).restarted(1).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).contains("could not start it");
  }

  @Test
  void whatWasCancelledBeforeItStartedHasNoStart() {
    ControllerRecord controller = controller(SlurmState.CANCELLED, "0:0", "BeginTime", "");

    RemoteStatus status =
        outcome(SlurmState.CANCELLED, controller, null, "-", false).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.started()).isNull();
    assertThat(status.ended()).isEqualTo(END);
  }

  @Test
  void saysWhoCancelled() {
    AccountingRecord accounting =
        accounting(
            "7|CANCELLED by 1001|0:0|1700000000|1700000000|1700000060|60|00:01|5K|n1|jobs-a");

    RemoteStatus status =
        outcome(SlurmState.CANCELLED, null, accounting, "-", true).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.reason()).isEqualTo("It was cancelled by uid 1001.");
    assertThat(status.usage()).isNotNull();
    assertThat(status.usage().maxMemory()).hasValue(5 * 1024);
  }

  /** {@code launched} and {@code asked}: whether its script began, and whether we cancelled it. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, false, false, SYSTEM_FAILURE",
    "root, 0, false, false, SYSTEM_FAILURE",
    "0, 0, false, true, CANCELLED",
    "0, 0, true, false, CANCELLED",
    "0, 5, false, false, CANCELLED",
    "1001, 0, false, false, CANCELLED"
  })
  void whatSlurmDroppedBeforeItRanIsTheSystemsFault(
      String by, int elapsed, boolean launched, boolean asked, Cause cause) {
    AccountingRecord accounting =
        accounting(
            "7|CANCELLED by %s|0:0|1700000000|1700000060|1700000060|%d|00:00||None assigned|jobs-a"
                .formatted(by, elapsed));
    RunRecord record =
        new RunRecord(
            launched ? "7" : "", 0, launched ? START : null, null, 0, asked, RunRecord.Place.THERE);

    RemoteStatus status =
        Clues.listed("CANCELLED").withRecord(record).with(accounting).verdict().status();

    assertThat(status).isNotNull();
    assertThat(status.cause()).isEqualTo(cause);
    assertThat(status.reason()).contains("cancelled by uid " + by);
  }

  @Test
  void whatACopyReturnedThatFoundTheAttemptClaimedIsNoOutcome() {
    ControllerRecord claimed = controller(SlurmState.FAILED, "75:0", "NonZeroExitCode", "n1");

    assertThat(outcome(SlurmState.FAILED, claimed, null, "-", true).evidence().isRefusedByClaim())
        .isTrue();
    assertThat(outcome(SlurmState.FAILED, claimed, null, "0", true).evidence().isRefusedByClaim())
        .isTrue();
    // The script's own.
    assertThat(outcome(SlurmState.FAILED, claimed, null, "75", true).evidence().isRefusedByClaim())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"STARTUP, STARTUP_SCRIPT", "MODULES, MODULES"})
  void aPreparationThatFailedIsNoApplicationThatReturned(
      RunRecord.Cause recorded, RemoteStatus.Cause cause) {
    for (SlurmState state : List.of(SlurmState.FAILED, SlurmState.COMPLETED)) {
      RunRecord.End end = new RunRecord.End("7", 0, 1, recorded, START, END);
      RunRecord record = new RunRecord("7", 0, START, end, 0, false, RunRecord.Place.THERE);

      RemoteStatus status = Clues.listed(state.name()).withRecord(record).verdict().status();

      assertThat(status).isNotNull();
      assertThat(status.cause()).isEqualTo(cause);
      assertThat(status.succeeded()).isFalse();
    }
  }

  private static AccountingRecord accounting(String line) {
    AccountingRecord.Job job = new AccountingRecord.Job("7", "jobs-a");
    return Objects.requireNonNull(AccountingRecord.of(Set.of(job), List.of(line)).get(job));
  }

  private static Clues outcome(
      SlurmState state,
      @Nullable ControllerRecord controller,
      @Nullable AccountingRecord accounting,
      String code,
      boolean launched) {
    Clues clues = Clues.listed(state.name()).with(controller).with(accounting).with(Accounts.NONE);
    if (!code.equals("-")) {
      clues = clues.ended(Integer.parseInt(code), RunRecord.Cause.EXITED);
    }
    return launched ? clues : clues.unstarted();
  }

  private static ControllerRecord controller(
      SlurmState state, String exit, String reason, String nodes) {
    return new ControllerRecord(
        state.name(),
        Optional.of(state),
        reason.equals("None") ? "" : reason,
        ExitStatus.of(exit),
        false,
        0,
        START,
        END,
        nodes);
  }
}
