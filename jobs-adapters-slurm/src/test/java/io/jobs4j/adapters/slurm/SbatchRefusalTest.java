package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.SbatchRefusal.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SbatchRefusalTest {
  private static final String FAILED = "sbatch: error: Batch job submission failed: ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | Invalid partition name specified | REFUSED",
        "1 | Requested time limit is invalid (missing or exceeds some limit) | REFUSED",
        "1 | Node count specification invalid | REFUSED",
        "1 | More processors requested than permitted | REFUSED",
        "1 | Requested node configuration is not available | REFUSED",
        "1 | Invalid job array specification | REFUSED",
        "1 | Invalid node name specified | REFUSED",
        "1 | Invalid license specification | REFUSED",
        "1 | Invalid feature specification | REFUSED",
        "1 | Invalid account or account/partition combination specified | REFUSED",
        "1 | Invalid qos specification | REFUSED",
        "1 | Access/permission denied | REFUSED",
        "1 | Unspecified error | REFUSED",
        "1 | Socket timed out on send/recv operation | UNCERTAIN",
        "1 | Unable to contact slurm controller (connect failure) | UNCERTAIN",
        "1 | Zero Bytes were transmitted or received | UNCERTAIN",
        "1 | Protocol authentication error | UNCERTAIN",
        "1 | Slurm backup controller in standby mode | UNCERTAIN",
        "1 | Unexpected message received | UNCERTAIN",
        "1 | Slurm temporarily unable to accept job, sleeping and retrying | BUSY",
        "1 | I/O error writing script/environment to file | BUSY"
      })
  void tellsWhetherThereMayBeAJob(int code, String error, Verdict verdict) {
    assertThat(SbatchRefusal.of(code, List.of(FAILED + error)).verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "255 | sbatch: error: Invalid --time specification | REFUSED",
        "255 | sbatch: unrecognized option '--bogus' | REFUSED",
        "1 | sbatch: error: Invalid generic resource (gres) specification | REFUSED",
        "1 | sbatch: error: Batch script contains DOS line breaks (\\r\\n) | REFUSED",
        "1 | sbatch: error: Munge encode failed: Failed to access socket | UNCERTAIN",
        "1 | sbatch: fatal: Unable to process configuration file | UNCERTAIN",
        "137 | killed | UNCERTAIN",
        "0 | This site wishes you a nice day | UNCERTAIN",
        "127 | sh: 1: sbatch: not found | UNCERTAIN"
      })
  void tellsWhatTheClientSaysByItself(int code, String error, Verdict verdict) {
    assertThat(SbatchRefusal.of(code, List.of(error)).verdict()).isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({"1, UNCERTAIN", "0, UNCERTAIN", "124, UNCERTAIN", "137, UNCERTAIN"})
  void whatSbatchTriedAgainByItselfIsNotItsLastWord(int code, Verdict verdict) {
    SbatchRefusal refusal =
        SbatchRefusal.of(
            code,
            List.of(
                "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying",
                FAILED + "Socket timed out on send/recv operation"));
    assertThat(refusal.verdict()).isEqualTo(verdict);
  }

  @Test
  void theWordsOfASiteDecideNothing() {
    SbatchRefusal refusal =
        SbatchRefusal.of(
            1,
            List.of(
                "Questions? Please contact support. Node n7 is in maintenance.",
                FAILED + "Invalid partition name specified"));
    assertThat(refusal.verdict()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void aLimitOnSubmittedJobsPasses() {
    SbatchRefusal refusal =
        SbatchRefusal.of(
            1,
            List.of(
                "sbatch: error: AssocMaxSubmitJobLimit",
                FAILED
                    + "Job violates accounting/QOS policy (job submit limit, user's size and/or"
                    + " time limits)"));

    assertThat(refusal.verdict()).isEqualTo(Verdict.BUSY);
  }

  @Test
  void aLimitOnTheSizeOfAJobDoesNot() {
    SbatchRefusal refusal =
        SbatchRefusal.of(
            1,
            List.of(
                "sbatch: error: QOSMaxWallDurationPerJobLimit",
                FAILED
                    + "Job violates accounting/QOS policy (job submit limit, user's size and/or"
                    + " time limits)"));

    assertThat(refusal.verdict()).isEqualTo(Verdict.REFUSED);
  }

  @Test
  void givesWhatSlurmSaid() {
    assertThat(
            SbatchRefusal.of(
                    1,
                    List.of(
                        "sbatch: error: invalid partition specified: nosuch",
                        FAILED + "Invalid partition name specified"))
                .text())
        .isEqualTo(
            "invalid partition specified: nosuch; Batch job submission failed: Invalid partition"
                + " name specified");
  }
}
