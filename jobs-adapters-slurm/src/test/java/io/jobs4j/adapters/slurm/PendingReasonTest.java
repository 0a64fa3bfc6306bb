package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.PendingReason.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PendingReasonTest {
  @ParameterizedTest
  @CsvSource({
    "Priority, NORMAL",
    "Resources, NORMAL",
    "BeginTime, NORMAL",
    "Dependency, NORMAL",
    "Licenses, NORMAL",
    "PartitionDown, NORMAL",
    "Reservation, NORMAL",
    "QOSMaxJobsPerUserLimit, NORMAL",
    "AssocGrpCpuLimit, NORMAL",
    "'ReqNodeNotAvail, UnavailableNodes:n1', NORMAL",
    "None, NORMAL",
    "JobHeldUser, HELD",
    "JobHeldAdmin, HELD",
    "job requeued in held state, HELD",
    "launch failed requeued held, HELD",
    "DependencyNeverSatisfied, HOPELESS",
    "BadConstraints, HOPELESS",
    "PartitionTimeLimit, HOPELESS",
    "PartitionNodeLimit, HOPELESS",
    "AccountNotAllowed, HOPELESS",
    "InvalidAccount, HOPELESS",
    "InvalidQOS, HOPELESS",
    "AssocMaxWallDurationPerJobLimit, HOPELESS",
    "QOSTimeLimit, HOPELESS"
  })
  void saysWhatCanBeHopedFor(String reason, Kind kind) {
    assertThat(PendingReason.of(SlurmState.PENDING, reason).kind()).isEqualTo(kind);
  }

  @Test
  void saysItForPeople() {
    assertThat(text(SlurmState.PENDING, "(Priority)")).isEqualTo("Priority");
    assertThat(text(SlurmState.PENDING, "None")).isEmpty();
    assertThat(text(SlurmState.SPECIAL_EXIT, "None"))
        .isEqualTo("Held until it is released (scontrol release 7)");
    assertThat(text(SlurmState.PENDING, "JobHeldUser"))
        .isEqualTo("JobHeldUser: held until it is released (scontrol release 7)");
    assertThat(text(SlurmState.PENDING, "JobHeldAdmin"))
        .isEqualTo("JobHeldAdmin: held until an administrator of the cluster releases it");
    assertThat(text(SlurmState.PENDING, "BadConstraints"))
        .isEqualTo(
            "BadConstraints: it will not start unless it is changed (scontrol update JobId=7) or"
                + " the cluster is; otherwise cancel it");
  }

  private static String text(SlurmState state, String reason) {
    return PendingReason.of(state, reason).text("7");
  }
}
