package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.spi.PermanentAdapterException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmDirectivesTest {
  @Test
  void readsLinesInAllTheirForms() {
    assertThat(
            words(
                """
                # a comment
                #SBATCH --account=TG-1
                -q high  # a comment

                #SBATCH -C "big mem"  --gres gpu:2
                --exclusive
                -Hk -Lmatlab:1
                --reservation='it''s mine'
                """))
        .containsExactly(
            "--account=TG-1",
            "--qos=high",
            "--constraint=big mem",
            "--gres=gpu:2",
            "--exclusive",
            "--hold",
            "--no-kill",
            "--licenses=matlab:1",
            "--reservation=its mine");
  }

  @Test
  void valuesAreData() {
    assertThat(words("-A one --account='$(touch /tmp/x); `id`'"))
        .containsExactly("--account=$(touch /tmp/x); `id`");
    assertThat(words("--qos=\"$(id)\"")).containsExactly("--qos=$(id)");
  }

  @Test
  void theLastOfSeveralCounts() {
    assertThat(words("-A one\n--account=two")).containsExactly("--account=two");
  }

  @Test
  void putsVariablesOfTheJobIn() {
    assertThat(
            SlurmDirectives.of(
                    queue("--nodes=${AGAVE_JOB_NODE_COUNT}\n--gres=${AGAVE_JOB_X}:${HOME}"),
                    Map.of("AGAVE_JOB_NODE_COUNT", "4 --wrap=$1"))
                .words())
        .containsExactly("--nodes=4 --wrap=$1", "--gres=${AGAVE_JOB_X}:${HOME}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--job-name=x",
        "--job-n x",
        "-J x",
        "-Jx",
        "-QJx",
        "#SBATCH --comment=mine",
        "--comm=mine",
        "-o out",
        "--output=out",
        "--error=err",
        "-D /tmp",
        "--chdir=/tmp",
        "--wrap=date",
        "--array=1-3",
        "--arr=1-3",
        "-a 1-3",
        "--export=ALL",
        "--exp=ALL",
        "--export-file=x",
        "--wait",
        "-W",
        "--parsable",
        "-M other",
        "--clusters=other",
        "--test-only",
        "--uid=0",
        "--help",
        "-Z",
        "-A",
        "--",
        "script.sh",
        ": -n 1",
        "--account=\"open",
        "--Account=x",
        "--account=a\u0001b"
      })
  void refusesWhatWouldHideTheJobNamingTheLine(String line) {
    assertThatThrownBy(() -> words("--qos=high\n" + line))
        .isInstanceOfSatisfying(
            PermanentAdapterException.class,
            e -> assertThat(e.code()).isEqualTo(ConditionCode.JOB_INVALID_DEFINITION))
        .hasMessageStartingWith("Line 2 of the custom directives of queue \"q\", \"")
        .hasMessageContaining(" is refused: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ntasks-per-node=2", "--gpus-per-task=1"})
  void refusesWhatCountsTasksInTwoWays(String other) {
    assertThatThrownBy(() -> words(other + "\n--ntasks-per-gpu=2"))
        .isInstanceOf(PermanentAdapterException.class)
        .hasMessage(
            "The custom directives of queue \"q\" are refused: Slurm takes --ntasks-per-gpu or %s,"
                    .formatted(other.substring(0, other.indexOf('=')))
                + " not both");
  }

  @Test
  void namesThatOnlyBeginAlikeAreNotRefused() {
    assertThat(words("--wait-all-nodes=1\n--exclude=n1\n--error-x=1\n--time=5"))
        .containsExactly("--wait-all-nodes=1", "--exclude=n1", "--error-x=1", "--time=5");
  }

  @Test
  void seesSignalsForTheScriptAlone() {
    assertThat(SlurmDirectives.of(queue("--signal=B:TERM@60"), Map.of()).signalsScript()).isTrue();
    assertThat(SlurmDirectives.of(queue("--signal=TERM@60"), Map.of()).signalsScript()).isFalse();
    assertThat(SlurmDirectives.NONE.signalsScript()).isFalse();
    assertThat(SlurmDirectives.of(null, Map.of()).isEmpty()).isTrue();
  }

  private static List<String> words(String directives) {
    return SlurmDirectives.of(queue(directives), Map.of()).words();
  }

  static BatchQueue queue(String directives) {
    return new BatchQueue("q", "normal", -1, -1, -1, -1, null, null, directives, false);
  }
}
