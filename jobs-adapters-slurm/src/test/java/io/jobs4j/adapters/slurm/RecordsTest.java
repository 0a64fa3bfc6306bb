package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.adapters.slurm.internal.RunRecord;
import io.jobs4j.adapters.slurm.internal.ScriptAnswer;
import io.jobs4j.core.spi.RemoteUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands of Slurm print, of 22.05 and later versions. */
class RecordsTest {
  private static final AccountingRecord.Job SEVEN = new AccountingRecord.Job("7", "jobs-a");
  private static final AccountingRecord.Job EIGHT = new AccountingRecord.Job("8", "jobs-b");

  private static final String ENDED =
      "JobId=5 JobName=jobs-k UserId=grid(1001) GroupId=grid(1001) MCS_label=N/A"
          + " Priority=4294901755 Nice=0 Account=itest QOS=normal JobState=FAILED"
          + " Reason=NonZeroExitCode Dependency=(null) Requeue=0 Restarts=0 BatchFlag=1 Reboot=0"
          + " ExitCode=3:0 RunTime=00:00:07 TimeLimit=00:10:00 TimeMin=N/A SubmitTime=1700000000"
          + " EligibleTime=1700000000 AccrueTime=1700000000 StartTime=1700000003"
          + " EndTime=1700000010 Deadline=N/A SuspendTime=None SecsPreSuspend=0"
          + " LastSchedEval=1700000003 Scheduler=Backfill Partition=normal AllocNode:Sid=vm:3146"
          + " ReqNodeList=(null) ExcNodeList=(null) NodeList=vm BatchHost=vm NumNodes=1"
          + " Command=/w/NodeList=x WorkDir=/w/ExitCode=0:0 Power=";

  @Test
  void readsWhatTheControllerRemembers() {
    ControllerRecord record = ControllerRecord.of("5", "jobs-k", List.of(ENDED)).orElseThrow();

    assertThat(record)
        .isEqualTo(
            new ControllerRecord(
                "FAILED",
                java.util.Optional.of(SlurmState.FAILED),
                "NonZeroExitCode",
                java.util.Optional.of(new ExitStatus(3, 0)),
                false,
                0,
                Instant.ofEpochSecond(1_700_000_003),
                Instant.ofEpochSecond(1_700_000_010),
                "vm"));
    assertThat(ControllerRecord.of("6", "jobs-k", List.of(ENDED))).isEmpty();
    assertThat(ControllerRecord.of("5", "jobs-k2", List.of(ENDED))).isEmpty();
  }

  @Test
  void readsReasonsOfSeveralWordsAndMissingNodes() {
    String line =
        "JobId=7 JobName=jobs-k JobState=PENDING Reason=job_requeued in held state Dependency=(null)"
            + " Requeue=1 Restarts=2 ExitCode=0:0 StartTime=Unknown EndTime=Unknown NodeList="
            + " BatchHost=vm";

    ControllerRecord record = ControllerRecord.of("7", "jobs-k", List.of(line)).orElseThrow();

    assertThat(record.reason()).isEqualTo("job_requeued in held state");
    assertThat(record.restarts()).isEqualTo(2);
    assertThat(record.requeue()).isTrue();
    assertThat(record.start()).isNull();
    assertThat(record.nodes()).isEmpty();
  }

  @Test
  void readsRowsByTheirColumns() {
    String row =
        "%-16s%-32s%-12s%-28s%-28s%-28s%-216s%-128s%-120s"
            .formatted(
                "42",
                "PENDING",
                "1",
                "N/A",
                "N/A",
                "1700000000",
                "jobs-k-1",
                "job requeued | in held state",
                "");

    assertThat(QueueRow.of(row))
        .contains(
            new QueueRow(
                "42",
                "PENDING",
                java.util.Optional.of(SlurmState.PENDING),
                1,
                null,
                null,
                Instant.ofEpochSecond(1_700_000_000),
                "jobs-k-1",
                "job requeued | in held state",
                ""));
  }

  @ParameterizedTest
  @CsvSource({"119, 119", "120, 0"})
  void nodesThatAreCutOffAreNotKnown(int length, int known) {
    String row =
        "%-16s%-32s%-12s%-28s%-28s%-28s%-216s%-128s%.120s"
            .formatted(
                "42", "COMPLETED", "0", "1", "2", "0", "jobs-k-1", "None", "n".repeat(length));

    assertThat(QueueRow.of(row))
        .get()
        .satisfies(
            read -> {
              assertThat(read.nodes()).isEqualTo("n".repeat(known));
              assertThat(read.tellsItsEnd()).isEqualTo(known > 0);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Welcome to this cluster", "slurm_load_jobs error: x", "12"})
  void whatIsNoRowIsNone(String line) {
    assertThat(QueueRow.of(line)).isEmpty();
  }

  @Test
  void anUnknownStateIsARowAllTheSame() {
    assertThat(QueueRow.of("%-16s%-32s%-12s".formatted("42", "HIBERNATING", "0")))
        .get()
        .satisfies(
            row -> {
              assertThat(row.state()).isEmpty();
              assertThat(row.stateText()).isEqualTo("HIBERNATING");
            });
  }

  @Test
  void takesTheLastRunFromAccounting() {
    Map<AccountingRecord.Job, AccountingRecord> records =
        AccountingRecord.of(
            Set.of(SEVEN, EIGHT, new AccountingRecord.Job("9", "jobs-c")),
            List.of(
                "7|NODE_FAIL|0:0|1700000000|1700000001|1700000050|49|00:01.500||n1|jobs-a",
                "7.batch|CANCELLED|0:15|1700000001|1700000001|1700000050|49|00:01.500|9000K|n1|batch",
                "7|COMPLETED|0:0|1700000100|1700000200|1700000300|100|1-02:03:04||n2|jobs-a",
                "7.batch|COMPLETED|0:0|1700000200|1700000200|1700000300|100|00:01.500|2048K|n2|batch",
                "7.0|COMPLETED|0:0|1700000200|1700000200|1700000300|100|00:01.500|1.5M|n2|a | b",
                "8|CANCELLED by 1001|0:0|1700000000|Unknown|1700000300|0|00:00:00||None assigned|jobs-b",
                "9|COMPLETED",
                "nonsense"));

    assertThat(records).containsOnlyKeys(SEVEN, EIGHT);
    AccountingRecord ended = records.get(SEVEN);
    assertThat(ended.state()).contains(SlurmState.COMPLETED);
    assertThat(ended.restarts()).isEqualTo(1);
    assertThat(ended.exit()).contains(new ExitStatus(0, 0));
    assertThat(ended.start()).isEqualTo(Instant.ofEpochSecond(1_700_000_200));
    assertThat(ended.usage())
        .isEqualTo(
            new RemoteUsage(
                Duration.ofSeconds(100),
                Duration.parse("P1DT2H3M4S"),
                OptionalLong.of(2048 * 1024),
                "n2"));
    AccountingRecord cancelled = records.get(EIGHT);
    assertThat(cancelled.state()).contains(SlurmState.CANCELLED);
    assertThat(cancelled.cancelledBy()).isEqualTo("1001");
    assertThat(cancelled.usage().nodes()).isEmpty();
  }

  @Test
  void takesNothingFromAccountingThatIsNotOfTheJob() {
    Map<AccountingRecord.Job, AccountingRecord> records =
        AccountingRecord.of(
            Set.of(SEVEN, EIGHT),
            List.of(
                "7|FAILED|1:0|1600000000|1600000001|1600000050|49|00:01||n1|theirs",
                "7|COMPLETED|0:0|1700000100|1700000200|1700000300|100|00:01||n2|jobs-a",
                "7.batch|COMPLETED|0:0|1700000200|1700000200|1700000300|100|00:01|2K|n2|batch",
                "7|FAILED|1:0|1800000000|1800000001|1800000050|49|00:01||n1|jobs-a|x",
                "7.batch|FAILED|1:0|1800000000|1800000001|1800000050|49|00:01|9000K|n1|batch",
                "8|FAILED|1:0|1800000000|1800000001|1800000050|49|00:01||n1|theirs"));

    assertThat(records).containsOnlyKeys(SEVEN);
    assertThat(records.get(SEVEN).state()).contains(SlurmState.COMPLETED);
    assertThat(records.get(SEVEN).restarts()).isZero();
    assertThat(records.get(SEVEN).usage().maxMemory()).hasValue(2048);
  }

  @Test
  void twoAttemptsMayHaveOneNumber() {
    AccountingRecord.Job again = new AccountingRecord.Job("7", "jobs-b");

    Map<AccountingRecord.Job, AccountingRecord> records =
        AccountingRecord.of(
            Set.of(SEVEN, again),
            List.of(
                "7|FAILED|3:0|1600000000|1600000001|1600000050|49|00:01||n1|jobs-a",
                "7.batch|FAILED|3:0|1600000001|1600000001|1600000050|49|00:01|1K|n1|batch",
                "7|COMPLETED|0:0|1700000100|1700000200|1700000300|100|00:01||n2|jobs-b",
                "7.batch|COMPLETED|0:0|1700000200|1700000200|1700000300|100|00:01|2K|n2|batch"));

    assertThat(records.get(SEVEN).state()).contains(SlurmState.FAILED);
    assertThat(records.get(SEVEN).usage().maxMemory()).hasValue(1024);
    assertThat(records.get(again).state()).contains(SlurmState.COMPLETED);
    assertThat(records.get(again).usage().maxMemory()).hasValue(2048);
    assertThat(records.get(again).restarts()).isZero();
  }

  @Test
  void aRenamedJobIsOursByItsComment() {
    String line = ENDED.replace(" Power=", " Comment=k-1  StdErr=/w/x Power=");

    assertThat(ControllerRecord.ofAttempt("5", "jobs-k-1", "k-1", List.of(line)))
        .get()
        .satisfies(record -> assertThat(record.isOver()).isTrue());
    assertThat(ControllerRecord.ofAttempt("5", "jobs-k", "k", List.of(ENDED))).isPresent();
    assertThat(ControllerRecord.ofAttempt("5", "jobs-k-1", "k", List.of(line))).isEmpty();
    assertThat(ControllerRecord.ofAttempt("6", "jobs-k", "k-1", List.of(line))).isEmpty();
  }

  @Test
  void aJobThatChangedItsSizeWasNotQueuedAgain() {
    Map<AccountingRecord.Job, AccountingRecord> records =
        AccountingRecord.of(
            Set.of(SEVEN),
            List.of(
                "7|RESIZING|0:0|1700000000|1700000001|1700000050|49|00:01||n1|jobs-a",
                "7|COMPLETED|0:0|1700000000|1700000050|1700000300|100|00:01||n2|jobs-a"));

    assertThat(records.get(SEVEN).restarts()).isZero();
    assertThat(records.get(SEVEN).state()).contains(SlurmState.COMPLETED);
  }

  @Test
  void knowsHowOftenAJobWasQueuedAgain() {
    List<String> lines = List.of("there", "run 42 1 100", "restarts 42 3", "cancel");

    RunRecord record = RunRecord.of("k-1", RunRecord.Place.THERE, lines);

    assertThat(record.requeues()).isEqualTo(3);
    assertThat(record.cancelled()).isTrue();
    assertThat(
            RunRecord.of("k-1", RunRecord.Place.THERE, List.of("run 42 1 100", "restarts 43 3"))
                .requeues())
        .isEqualTo(1);
  }

  @Test
  void believesOnlyTheRecordOfTheRunThatIsMeant() {
    RunRecord record =
        RunRecord.of(
            "k-1",
            RunRecord.Place.THERE,
            List.of("there", "run 42 0 100", "run 42 1 200", "end k-1 42 0 3 exited 100 150"));

    assertThat(record.owner()).isEqualTo("42");
    assertThat(record.began()).isEqualTo(Instant.ofEpochSecond(200));
    assertThat(record.endOf("42", 0)).isNotNull().extracting(RunRecord.End::code).isEqualTo(3);
    assertThat(record.endOf("42", 1)).isNull();
    assertThat(record.endOf("43", 0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "end k-2 42 0 0 exited 100 150",
        "end k-1 42 0 0 finished 100 150",
        "end k-1 42 0 1000 exited 100 150",
        "end k-1 42 0 0 exited 100",
        "end k-1 42 0 0 exited 100 150 "
      })
  void believesNoRecordThatNoBatchScriptWrites(String line) {
    RunRecord record = RunRecord.of("k-1", RunRecord.Place.THERE, List.of("run 42 0 100", line));

    assertThat(record.end()).isNull();
  }

  @Test
  void readsTimes() {
    assertThat(SlurmTimes.moment("1700000000")).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(SlurmTimes.moment("2023-11-14T22:13:20")).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(SlurmTimes.moment("N/A")).isNull();
    assertThat(SlurmTimes.moment("Unknown")).isNull();
    assertThat(SlurmTimes.moment("0")).isNull();
    assertThat(SlurmTimes.span("01:02.345")).isEqualTo(Duration.parse("PT1M2.345S"));
    assertThat(SlurmTimes.span("01:02:03")).isEqualTo(Duration.parse("PT1H2M3S"));
    assertThat(SlurmTimes.span("INVALID")).isNull();
    assertThat(ExitStatus.of("0:53")).contains(new ExitStatus(0, 53));
    assertThat(ExitStatus.of("0")).isEmpty();
  }

  @Test
  void readsTheConfiguration() {
    ClusterSettings settings =
        ClusterSettings.of(
            List.of(
                "Configuration data as of 2026-11-22T06:41:48",
                "AccountingStorageType   = accounting_storage/none",
                "MessageTimeout          = 30 sec",
                "MinJobAge               = 2 sec",
                "SLURM_VERSION           = 22.05.8"));

    assertThat(settings).isEqualTo(new ClusterSettings(false, Duration.ofSeconds(30)));
    assertThat(settings.submissionWindow()).isEqualTo(Duration.ofSeconds(60));
    assertThat(ClusterSettings.of(List.of("AccountingStorageType = (null)")).accounting())
        .isFalse();
    assertThat(
            ClusterSettings.of(List.of("AccountingStorageType = accounting_storage/slurmdbd"))
                .accounting())
        .isTrue();
  }

  @Test
  void findsFramesAmongWhatOthersSay() {
    ScriptAnswer answer =
        ScriptAnswer.of(
            """
            Welcome
            jobs4j now 17
            jobs4j begin squeue
            row one

            jobs4j end squeue 1
            jobs4j error squeue slurm_load_jobs error
            noise
            jobs4j begin cut
            row
            jobs4j done
            """);

    assertThat(answer.note("now")).contains("17");
    assertThat(answer.frame("squeue"))
        .isEqualTo(new ScriptAnswer.Frame(1, List.of("row one"), List.of("slurm_load_jobs error")));
    assertThat(answer.frame("cut")).isNull();
    assertThat(answer.complete()).isFalse();
    assertThat(ScriptAnswer.of("jobs4j done").complete()).isTrue();
  }
}
