package io.jobs4j.sdk.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.RemoteOutcome;
import io.jobs4j.sdk.internal.store.Stored;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AppliedTest {
  private static final long SEED = 17;

  @Test
  void changesAsOneAreTheSameAsOneByOne() {
    Random random = new Random(SEED);
    for (int round = 0; round < 500; round++) {
      StoredJob first = StoredJob.ofNew(1, Stored.job());
      StoredJob last = first;
      Applied all = null;
      for (int i = 0; i < 6 && !last.job().status().isTerminal(); i++) {
        JobChange change = randomChange(random, last);
        Instant time = Stored.START.plusSeconds(random.nextInt(10));
        Applied next = Applied.of(JobHead.of(last, 1), change, time);
        all = next.touchesJob() ? all == null ? next : all.then(next) : all;
        last = next.appliedTo(last);
      }
      StoredJob merged = all == null ? first : all.appliedTo(first);
      assertThat(merged).as("seed %s, round %s", SEED, round).isEqualTo(last);
    }
  }

  private static JobChange randomChange(Random random, StoredJob before) {
    List<JobStatus> legal =
        JobTransitions.from(before.job().status()).stream()
            .filter(to -> before.heldIn() == null || !to.isActive() || to == before.heldIn())
            .toList();
    JobChange change = JobChange.NONE;
    if (random.nextInt(4) > 0) {
      change = change.then(legal.get(random.nextInt(legal.size())), "step " + random.nextInt(9));
    }
    Instant time = Stored.START.plusSeconds(random.nextInt(1000));
    return switch (random.nextInt(6)) {
      case 0 -> change.workPath("/work/" + random.nextInt(9)).countSubmitAttempt();
      case 1 -> change.remoteJobId("1" + random.nextInt(9)).remoteStarted(time);
      case 2 -> change.remoteEnded(time).remoteOutcome(RemoteOutcome.FAILED);
      case 3 -> change.remoteEndMessage("why").conditionCode(ConditionCode.SCHEDULER_TIMEOUT);
      case 4 -> change.countStatusChecks(2, 1).lastStatusCheck(time);
      default -> random.nextBoolean() ? change.archived() : change;
    };
  }
}
