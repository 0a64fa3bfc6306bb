package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.SlurmState.Meaning;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmStateTest {
  @ParameterizedTest
  @CsvSource({
    "PENDING, PD, WAITING",
    "RUNNING, R, RUNNING",
    "SUSPENDED, S, STANDING",
    "COMPLETED, CD, COMPLETED",
    "CANCELLED, CA, CANCELLED",
    "FAILED, F, FAILED",
    "TIMEOUT, TO, TIME_OVER",
    "OUT_OF_MEMORY, OOM, MEMORY_OVER",
    "DEADLINE, DL, TIME_OVER",
    "NODE_FAIL, NF, INTERRUPTED",
    "PREEMPTED, PR, INTERRUPTED",
    "BOOT_FAIL, BF, INTERRUPTED",
    "COMPLETING, CG, UNDECIDED",
    "CONFIGURING, CF, WAITING",
    "POWER_UP_NODE, PU, WAITING",
    "EXPEDITING, EX, WAITING",
    "REQUEUED, RQ, WAITING",
    "REQUEUE_FED, RF, WAITING",
    "REQUEUE_HOLD, RH, HELD",
    "SPECIAL_EXIT, SE, HELD",
    "RESV_DEL_HOLD, RD, HELD",
    "REVOKED, RV, UNDECIDED",
    "RESIZING, RS, RUNNING",
    "SIGNALING, SI, RUNNING",
    "STAGE_OUT, SO, RUNNING",
    "STOPPED, ST, STANDING",
    "LAUNCH_FAILED, LF, UNDECIDED",
    "RECONFIG_FAIL, RCF, UNDECIDED",
    "GETENV_FAILED, GF, UNDECIDED",
    "UPDATE_DB, UD, UNDECIDED"
  })
  void knowsEveryStateByBothNames(SlurmState state, String code, Meaning meaning) {
    assertThat(SlurmState.of(state.name())).contains(state);
    assertThat(SlurmState.of(code)).contains(state);
    assertThat(state.meaning).isEqualTo(meaning);
  }

  @Test
  void hasNoStateThatIsNotInTheTable() {
    assertThat(SlurmState.values()).hasSize(30);
    assertThat(
            Arrays.stream(SlurmState.values()).map(state -> state.code).collect(Collectors.toSet()))
        .hasSize(30);
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELLED by 1001, CANCELLED",
    "'COMPLETED,COMPLETING', COMPLETING",
    "RUNNING+COMPLETING, COMPLETING",
    "'PENDING,REQUEUE_HOLD', REQUEUE_HOLD",
    "'PENDING,SPECIAL_EXIT', SPECIAL_EXIT",
    "'RUNNING,CONFIGURING', CONFIGURING",
    "'RUNNING,STOPPED', STOPPED"
  })
  void readsUsersAndFlags(String text, SlurmState state) {
    assertThat(SlurmState.of(text)).contains(state);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HIBERNATING", "completed", "COMPLETED,HIBERNATING", "COMPLETED?"})
  void doesNotGuess(String text) {
    assertThat(SlurmState.of(text)).isEmpty();
  }

  @Test
  void onlyEndsAreEnds() {
    assertThat(Arrays.stream(SlurmState.values()).filter(state -> state.meaning.isEnd()))
        .containsExactly(
            SlurmState.COMPLETED,
            SlurmState.CANCELLED,
            SlurmState.FAILED,
            SlurmState.TIMEOUT,
            SlurmState.OUT_OF_MEMORY,
            SlurmState.DEADLINE,
            SlurmState.NODE_FAIL,
            SlurmState.PREEMPTED,
            SlurmState.BOOT_FAIL);
  }
}
