package io.jobs4j.adapters.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.RemoteStatus.Cause;
import io.jobs4j.core.spi.RemoteStatus.State;
import io.jobs4j.core.spi.TransientAdapterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Jobs that Slurm queues again, and records of their earlier runs. */
class SlurmRequeueTest extends SlurmFixture {
  @Test
  void requeuesOfOneSlurmJobAreNotThoseOfAnother() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.restarts("101", 2);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    cluster.purge("101");
    records("run 55 0 1700000000\n", "end attempt-1 55 0 3 exited 1700000000 1700000060\n");

    assertThat(status(job).exitCode()).hasValue(3);
  }

  @Test
  void howOftenAJobWasQueuedAgainIsNotForgotten() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    Path note = work.resolve(".jobs4j/attempt-1.restarts");
    Files.writeString(note, "restarts 55 4\nrestarts 101 5\nrestarts x\n");
    cluster.restarts("101", 1);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(note).hasContent("restarts 55 4\nrestarts 101 5");

    cluster.restarts("101", 6);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    assertThat(note).hasContent("restarts 55 4\nrestarts 101 6");
  }

  @Test
  void anOldRecordIsNotBelieved() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.restarts("101", 1);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    cluster.purge("101");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
  }

  @Test
  void anOldRecordIsNotBelievedAfterARestartOfThisProcess() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.restarts("101", 2);
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    int before = cluster.commands;
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    // It was noted once.
    assertThat(cluster.commands).isEqualTo(before + 1);
    cluster.purge("101");

    scheduler = other();
    assertThat(scheduler.statuses(List.of(job))).isEmpty();
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).state()).isEqualTo(State.LOST);
    records("run 101 0 1700000000\n", "end attempt-1 101 2 6 exited 1700000000 1700000060\n");
    assertThat(status(job).exitCode()).hasValue(6);
  }

  @Test
  void thatAJobWasQueuedAgainIsNotedOnceItCanBe() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.restarts("101", 1);
    int[] left = {2};
    cluster.answers =
        result -> {
          if (--left[0] == 0) {
            throw new TransientAdapterException(
                RecoveryCondition.SSH_CONNECTION_FAILURE, "gone", null);
          }
          return result;
        };
    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    int before = cluster.commands;

    assertThat(status(job).state()).isEqualTo(State.QUEUED);

    assertThat(cluster.commands).isEqualTo(before + 2);
    assertThat(work.resolve(".jobs4j/attempt-1.restarts")).hasContent("restarts 101 1");
  }

  @Test
  void accountingTellsThatARecordIsOld() throws Exception {
    cluster.accounting(true);
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.purge("101");
    records("run 101 0 1700000000\n", "end attempt-1 101 0 0 exited 1700000000 1700000060\n");
    cluster.accounts(
        """
        101|NODE_FAIL|0:0|1700000000|1700000010|1700000060|50|00:01||n1|jobs-attempt-1
        101|FAILED|7:0|1700000100|1700000110|1700000160|50|00:01||n1|jobs-attempt-1
        """);

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).contains("could not start it");
  }

  @Test
  void whatSlurmQueuesAgainIsWaitedFor() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");
    cluster.shown("101", "NODE_FAIL", "0:15", true);

    assertThat(status(job).state()).isEqualTo(State.QUEUED);
    clock.advance(Duration.ofSeconds(151));
    assertThat(status(job).cause()).isEqualTo(Cause.SYSTEM_FAILURE);
  }

  @Test
  void whileTheControllerDoesNotSayWhetherItQueuesAJobAgainThereIsNoVerdict() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }

  @Test
  void whatSlurmDoesNotQueueAgainIsOver() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "NODE_FAIL");
    cluster.shown("101", "NODE_FAIL", "0:15", false);

    RemoteStatus status = status(job);

    assertThat(status.cause()).isEqualTo(Cause.SYSTEM_FAILURE);
    assertThat(status.reason()).isEqualTo("A node of it failed.");
  }

  @Test
  void allRunsOfAJobAreRead() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    StringBuilder runs = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      runs.append("run 101 %d 1700000000\n".formatted(i));
    }
    records(runs.toString(), "");
    cluster.state("101", "FAILED");
    cluster.restarts("101", 29);
    cluster.shown("101", "FAILED", "4:0", true);

    assertThat(status(job).exitCode()).hasValue(4);
  }

  @Test
  void aJobThatIsQueuedAgainBetweenTwoLooksIsNotOver() throws Exception {
    RemoteJob job = scheduler.submit(spec()).job();
    cluster.state("101", "FAILED");
    cluster.shown("101", "PENDING", "0:0", true);

    assertThat(scheduler.statuses(List.of(job))).isEmpty();
  }
}
