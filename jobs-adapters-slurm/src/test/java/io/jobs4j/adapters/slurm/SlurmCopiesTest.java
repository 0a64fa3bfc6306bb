package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attempts of which Slurm has several jobs. */
class SlurmCopiesTest extends SlurmFixture {
  @Test
  void ofSeveralThatWaitTheOldestIsKept() throws Exception {
    intent();
    cluster.job("1000", NAME, "PENDING");
    cluster.job("999", NAME, "PENDING");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("999");

    assertThat(cluster.state("1000")).isEqualTo("CANCELLED");
    assertThat(cluster.state("999")).isEqualTo("PENDING");
    assertThat(cluster.calls("sbatch")).isZero();
  }

  @Test
  void ofSeveralTheOneThatRunsIsKept() throws Exception {
    intent();
    cluster.job("999", NAME, "PENDING");
    cluster.job("998", NAME, "CANCELLED");
    cluster.job("1000", NAME, "RUNNING");

    assertThat(scheduler.submit(spec()).job().remoteJobId()).isEqualTo("1000");

    assertThat(cluster.state("999")).isEqualTo("CANCELLED");
    assertThat(cluster.state("1000")).isEqualTo("RUNNING");
  }

  @Test
  void aCopyThatStartsBeforeItIsCancelledRunsOn() throws Exception {
    intent();
    cluster.job("999", NAME, "PENDING");
    cluster.job("1000", NAME, "PENDING");
    cluster.startsOnHold("1000");

    RemoteJob job = scheduler.submit(spec()).job();

    assertThat(cluster.state("1000")).isEqualTo("RUNNING");
    // It is not held when Slurm queues it again.
    assertThat(cluster.calls()).contains("scontrol hold 1000", "scontrol release 1000");
    records("run 1000 0 1700000000\n", "");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    assertThat(cluster.state("999")).isEqualTo("CANCELLED");
    assertThat(scheduler.find(attempt())).contains(new RemoteJob("1000", attempt()));
  }

  @Test
  void theOneThatRunsIsFollowedWhileTheOtherWaits() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.job("55", NAME, "RUNNING");
    records("run 55 0 1700000000\n", "");

    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);
    scheduler.hold(job);
    assertThat(cluster.calls())
        .contains("scancel --full --signal=STOP 55")
        .doesNotContain("scontrol hold 55");
    cluster.state("55", "FAILED");
    cluster.shown("55", "FAILED", "3:0", false);
    records("run 55 0 1700000000\n", "end attempt-1 55 0 3 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(3);
  }

  @Test
  void whatOneOfTwoEndedAsIsKnownWhileTheOtherWaits() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    cluster.job("102", NAME, "PENDING");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");

    assertThat(status(job).succeeded()).isTrue();
    assertThat(cluster.state("102")).isEqualTo("CANCELLED");
  }

  @Test
  void aCopyThatWaitsIsFollowedIfTheOtherNeverRan() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "CANCELLED");
    cluster.job("102", NAME, "PENDING");

    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(cluster.state("102")).isEqualTo("PENDING");
  }

  @Test
  void allJobsOfAnAttemptAreSteered() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.job("102", NAME, "PENDING");
    cluster.job("103", "somebody-elses", "PENDING");

    scheduler.hold(job);
    scheduler.release(job);
    scheduler.cancel(job);

    assertThat(cluster.calls())
        .contains("scontrol hold 101", "scontrol hold 102")
        .contains("scontrol release 101", "scontrol release 102")
        .doesNotContain("scontrol hold 103", "scontrol release 103");
    assertThat(cluster.state("101")).isEqualTo("CANCELLED");
    assertThat(cluster.state("102")).isEqualTo("CANCELLED");
    assertThat(cluster.state("103")).isEqualTo("PENDING");
  }

  @Test
  void whatACopyReturnedThatFoundTheAttemptClaimedIsNotItsEnd() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "FAILED", "75:0", false);
    cluster.job("55", NAME, "RUNNING");
    records("run 55 0 1700000000\n", "");
    assertThat(status(job).state()).isEqualTo(State.RUNNING);

    cluster.purge("55");
    records("run 55 0 1700000000\n", "end attempt-1 55 0 0 exited 1700000000 1700000060\n");
    assertThat(status(job).succeeded()).isTrue();
  }

  @Test
  void aJobThatWasStartedTwiceByMistakeEndedAsItsRunDid() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "FAILED", "75:0", false);
    records("run 101 0 1700000000\n", "");
    assertThat(scheduler.statuses(List.of(job))).isEmpty();

    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    assertThat(status(job).succeeded()).isTrue();

    records("run 101 0 1700000000\n", "");
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    assertThat(status(job).reason()).contains("found the attempt taken by another");
  }
}
