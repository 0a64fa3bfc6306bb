package io.jobs4j.adapters.fork;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForkReportTest {
  @Test
  void readsJobsAndTimesAmongWhatOthersSay() {
    ForkReport report =
        ForkReport.of(
            """
            Welcome to this host
            jobs4j job 0 4711 ended 3 exited 1000 1250 free
            jobs4j job 1 0 unborn none none 0 0 free
            jobs4j job 2 4712 running none none 1000 0 free
            jobs4j time 1700000010.500
            jobs4j time 1700000020
            jobs4j done
            """);

    assertThat(report.complete()).isTrue();
    assertThat(status(report, 0))
        .isEqualTo(
            RemoteStatus.exited(
                3,
                Instant.parse("2023-11-14T22:13:28Z"),
                Instant.parse("2023-11-14T22:13:30.500Z")));
    assertThat(status(report, 1).cause()).isEqualTo(Cause.CANCELLED);
    assertThat(status(report, 2))
        .isEqualTo(RemoteStatus.running(Instant.parse("2023-11-14T22:13:40Z")).withHeld(false));
    assertThat(report.entries().get(2)).extracting(ForkReport.Entry::process).isEqualTo("4712");
  }

  @Test
  void hasNoTimesIfNobodyKnowsWhoseTheyAre() {
    ForkReport report =
        ForkReport.of(
            """
            jobs4j job 0 4711 ended 0 exited 1000 1250 free
            jobs4j job 1 4712 running none none 1000 0 free
            jobs4j time 1700000010.500
            jobs4j done
            """);

    assertThat(status(report, 0)).isEqualTo(RemoteStatus.exited(0, null, null));
    assertThat(status(report, 1)).isEqualTo(RemoteStatus.running(null).withHeld(false));
  }

  @ParameterizedTest
  @CsvSource({
    "128, exited, EXITED, 128, 0",
    "129, exited, SIGNALLED, 0, 1",
    "159, exited, SIGNALLED, 0, 31",
    "160, exited, EXITED, 160, 0",
    "124, limit, TIME_LIMIT, 0, 0",
    "137, limit, TIME_LIMIT, 0, 9",
    "0, cancelled, CANCELLED, 0, 0",
    "143, cancelled, CANCELLED, 0, 15"
  })
  void tellsWhyAJobEnded(int code, String word, Cause cause, int exitCode, int signal) {
    RemoteStatus status =
        status(ForkReport.of("jobs4j job 0 1 ended " + code + " " + word + " 1 2 free"), 0);

    assertThat(status.state()).isEqualTo(State.ENDED);
    assertThat(status.cause()).isEqualTo(cause);
    assertThat(status.exitCode().orElse(0)).isEqualTo(exitCode);
    assertThat(status.signal().orElse(0)).isEqualTo(signal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "jobs4j job 0",
        "jobs4j job 0 x ended 0 exited 1 2",
        "jobs4j job 0 1 ended 0 exited 1",
        "jobs4j job 0 1 ended 1000 exited 1 2 free",
        "jobs4j job 0 1 ended 0 exited 1 99999999999999999999 free",
        "jobs4j job 99999999999 1 ended 0 exited 1 2 free",
        "jobs4j job 0 1 finished 0 exited 1 2 free",
        " jobs4j job 0 1 ended 0 exited 1 2 free"
      })
  void whatItCannotReadIsNoEvidence(String line) {
    ForkReport report = ForkReport.of(line);

    assertThat(report.entries()).isEmpty();
    assertThat(report.complete()).isFalse();
  }

  @Test
  void anEndWithoutACodeIsNoEvidence() {
    ForkReport report = ForkReport.of("jobs4j job 0 1 ended none exited 1 2 free");

    assertThat(report.entries().get(0)).extracting(ForkReport.Entry::status).isNull();
  }

  @Test
  void namesBothPlacesOfAJobThatCannotBeSeen() {
    ForkReport report =
        ForkReport.of(
            "jobs4j job 0 4711 unseen none none 1000 0 free a.example b1 40265 b.example b2 40266");

    assertThat(status(report, 0).state()).isEqualTo(State.UNSEEN);
    assertThat(status(report, 0).reason())
        .isEqualTo(
            "The job runs on host a.example (boot b1, PID namespace 40265) and cannot be seen from"
                + " host b.example (boot b2, PID namespace 40266)");
    assertThat(ForkReport.unseen("no such places"))
        .isEqualTo("The job runs elsewhere and cannot be seen from here");
  }

  @Test
  void namesTheWorkDirectoryThatAHostDoesNotHave() {
    ForkReport report =
        ForkReport.of(
            "jobs4j job 0 0 missing none none 0 0 free a.example\njobs4j job 1 7 running none none 1"
                + " 0 free\njobs4j time 1700000010.500",
            List.of("/scratch/a", "/scratch/b"));

    assertThat(status(report, 0).state()).isEqualTo(State.UNSEEN);
    assertThat(status(report, 0).reason())
        .isEqualTo(
            "The work directory /scratch/a does not exist on host a.example: the job ran on another"
                + " host, or the directory was deleted");
    assertThat(status(report, 1).started()).as("one without a record has no time").isNotNull();
  }

  @Test
  void saysWhetherAJobIsHeld() {
    ForkReport report = ForkReport.of("jobs4j job 0 4711 running none none 1000 0 held");

    assertThat(status(report, 0).held()).isTrue();
  }

  @Test
  void tellsWhyAnAttemptCannotBegin() {
    assertThat(ForkReport.of("jobs4j refused no work directory").refusal())
        .isEqualTo(new ForkReport.Refusal(true, "no work directory"));
    assertThat(ForkReport.of("jobs4j blocked no room").refusal())
        .isEqualTo(new ForkReport.Refusal(false, "no room"));
  }

  private static RemoteStatus status(ForkReport report, int number) {
    return Objects.requireNonNull(Objects.requireNonNull(report.entries().get(number)).status());
  }
}
