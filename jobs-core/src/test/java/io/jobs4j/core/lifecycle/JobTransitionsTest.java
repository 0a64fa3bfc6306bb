package io.jobs4j.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobTransitionsTest {
  @Test
  void anArchivingJobWithInputsGoesThroughTheDocumentedSequence() {
    JobStatus[] sequence = {
      JobStatus.ACCEPTED,
      JobStatus.PENDING,
      JobStatus.PROCESSING_INPUTS,
      JobStatus.STAGING_INPUTS,
      JobStatus.STAGED,
      JobStatus.STAGING_JOB,
      JobStatus.SUBMITTING,
      JobStatus.QUEUED,
      JobStatus.RUNNING,
      JobStatus.CLEANING_UP,
      JobStatus.ARCHIVING,
      JobStatus.FINISHED
    };
    for (int i = 1; i < sequence.length; i++) {
      JobTransitions.check("j", sequence[i - 1], sequence[i], null);
    }
    assertThat(JobTransitions.longestPath()).containsExactly(sequence);
  }

  @ParameterizedTest
  @CsvSource({
    "ACCEPTED, STOPPED",
    "ACCEPTED, ACCEPTED",
    "ACCEPTED, BLOCKED",
    "PENDING, STAGED",
    "PROCESSING_INPUTS, STAGING_JOB",
    "STAGED, SUBMITTING",
    "QUEUED, FINISHED",
    "RUNNING, FINISHED",
    "RUNNING, ARCHIVING",
    "CLEANING_UP, RUNNING",
    "FINISHED, FAILED",
    "STOPPED, RUNNING",
    "FAILED, FAILED",
    "BLOCKED, BLOCKED",
    "BLOCKED, FINISHED",
    "PAUSED, BLOCKED",
    "PAUSED, PAUSED"
  })
  void refusesWhatIsNotInTheTable(JobStatus from, JobStatus to) {
    assertThatThrownBy(() -> JobTransitions.check("4711", from, to, null))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessage(
            "Job 4711 attempted an illegal state transition from %s to %s.".formatted(from, to));
  }

  @ParameterizedTest
  @EnumSource(names = {"BLOCKED", "PAUSED"})
  void aHeldJobResumesOnlyWhereItWas(JobStatus held) {
    assertThatCode(() -> JobTransitions.check("j", held, JobStatus.STAGED, JobStatus.STAGED))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> JobTransitions.check("j", held, JobStatus.RUNNING, JobStatus.STAGED))
        .isInstanceOf(IllegalTransitionException.class);
    assertThatThrownBy(() -> JobTransitions.check("j", held, JobStatus.RUNNING, null))
        .isInstanceOf(IllegalTransitionException.class);
    assertThatCode(() -> JobTransitions.check("j", held, JobStatus.STOPPED, JobStatus.STAGED))
        .doesNotThrowAnyException();
  }

  @Test
  void everyVisibleStateThatIsNotTerminalCanBeCancelled() {
    for (JobStatus status : JobStatus.values()) {
      assertThat(JobTransitions.from(status).contains(JobStatus.STOPPED))
          .as("cancel in %s", status)
          .isEqualTo(status.isVisible() && !status.isTerminal());
    }
  }

  @Test
  void theTableIsRefusedIfAPairStandsTwice() {
    JobTransitions.Table table =
        new JobTransitions.Table().row(JobStatus.QUEUED, JobStatus.RUNNING);
    assertThatThrownBy(() -> table.row(JobStatus.QUEUED, JobStatus.RUNNING))
        .hasMessage("QUEUED to RUNNING is in the table twice");
  }

  @Test
  void theTableIsRefusedIfATerminalStateHasAWayOut() {
    Map<JobStatus, Set<JobStatus>> table = copy();
    table.put(JobStatus.FINISHED, EnumSet.of(JobStatus.FAILED));
    assertThatThrownBy(() -> JobTransitions.requireSound(table))
        .hasMessage("FINISHED is terminal and has a way out");
  }

  @Test
  void theTableIsRefusedIfAStateCannotBeReached() {
    Map<JobStatus, Set<JobStatus>> table = copy();
    table.replaceAll(
        (from, targets) -> {
          Set<JobStatus> fewer = EnumSet.copyOf(targets);
          fewer.remove(JobStatus.SUBMITTING);
          return fewer;
        });
    assertThatThrownBy(() -> JobTransitions.requireSound(table))
        .hasMessageContaining("cannot be reached from ACCEPTED");
  }

  private static Map<JobStatus, Set<JobStatus>> copy() {
    Map<JobStatus, Set<JobStatus>> table = new EnumMap<>(JobStatus.class);
    for (JobStatus status : JobStatus.values()) {
      if (!status.isTerminal()) {
        table.put(status, JobTransitions.from(status));
      }
    }
    return table;
  }
}
