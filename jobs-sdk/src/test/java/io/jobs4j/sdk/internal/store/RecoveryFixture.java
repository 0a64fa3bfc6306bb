package io.jobs4j.sdk.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.sdk.RecoveryPolicy;
import io.jobs4j.sdk.internal.job.Blockage;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Recovery;
import java.time.Duration;
import java.util.List;

/** Jobs that are blocked, for tests of what they wait for and how they go on. */
abstract class RecoveryFixture extends StoreFixture {
  static final Duration MINUTE = Duration.ofMinutes(1);
  static final Duration HOUR = Duration.ofHours(1);
  static final RecoveryPolicy POLICY = RecoveryPolicy.constant(MINUTE, 0, HOUR);

  String blocked() {
    String job = inState(JobStatus.PENDING, JobStatus.PROCESSING_INPUTS);
    block(job, RecoveryCondition.TRANSMISSION_FAILURE);
    return job;
  }

  List<Recovery> take() {
    return store.recoveries().takeDue(HOUR, 10);
  }

  Recovery due(RecoveryCondition condition) {
    clock.move(MINUTE);
    List<Recovery> due = store.recoveries().takeDue(Duration.ofSeconds(1), 10);
    assertThat(due).extracting(Recovery::condition).containsExactly(condition);
    return due.get(0);
  }

  final String inState(JobStatus... path) {
    Job job = Stored.job();
    store.jobs().insert(job, "{}");
    JobChange change = JobChange.NONE;
    for (JobStatus next : path) {
      change = change.then(next, "");
    }
    JobChange all = change;
    store.changes().change(job.id(), head -> all);
    return job.id();
  }

  /** The longest path of an accepted job to a state. */
  static JobStatus[] throughTo(JobStatus last) {
    List<JobStatus> path = JobTransitions.longestPath();
    return path.subList(1, path.indexOf(last) + 1).toArray(JobStatus[]::new);
  }

  void block(String uuid, RecoveryCondition condition) {
    store
        .changes()
        .change(uuid, head -> JobChange.to(JobStatus.BLOCKED, "").blockedOn(blockage(condition)));
  }

  static Blockage blockage(RecoveryCondition condition) {
    return new Blockage("acme", condition, "system", POLICY);
  }
}
