package io.jobs4j.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class ServicesConditionTest {
  private final IllegalStateException why = new IllegalStateException("needs root");

  @Test
  void whatIsMissingSkipsTestsWithTheReason() {
    ConditionEvaluationResult result = ServicesCondition.missing(why, false);

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).contains("needs root");
  }

  @Test
  void whatIsMissingFailsTestsInCi() {
    assertThatThrownBy(() -> ServicesCondition.missing(why, true)).isSameAs(why);
  }

  @Test
  void servicesHaveTheNamesOfTheScript() {
    assertThat(Service.values())
        .extracting(Service::word)
        .containsExactly("slurm", "slurm-accounting", "sshd");
  }
}
