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
    assertThat(PendingReason.of(SlurmState.PENDING, "(Priority)").text()).isEqualTo("Priority");
    assertThat(PendingReason.of(SlurmState.PENDING, "None").text()).isEmpty();
    assertThat(PendingReason.of(SlurmState.SPECIAL_EXIT, "None").text())
        .isEqualTo("Held until it is released");
    assertThat(PendingReason.of(SlurmState.PENDING, "JobHeldUser").text())
        .isEqualTo("JobHeldUser: held until it is released");
    assertThat(PendingReason.of(SlurmState.PENDING, "BadConstraints").text())
        .startsWith("BadConstraints: it will not start");
  }
}
