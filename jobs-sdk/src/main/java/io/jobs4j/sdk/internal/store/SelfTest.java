package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.cluster.EngineSession;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.Recovery;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Does to a job of its own, in a transaction that is undone, what is done to jobs that run. So a
 * database that cannot do it is found when the engine starts, whatever the reason: a version that
 * is too old, or a compatibility mode with another grammar.
 */
final class SelfTest {
  /** No worker serves it. */
  private static final String WORKER_POOL = "jobs4j self-test";

  private final JobApplier applier;
  private final Instant now;

  SelfTest(JobApplier applier, Instant now) {
    this.applier = applier;
    this.now = now;
  }

  /** Takes a job that is ready, as workers do. */
  interface Claim {
    List<LeasedJob> from(EngineSession session, String workerPool) throws SQLException;
  }

  /**
   * Runs it.
   *
   * @throws UndoneException if all went well, so that the transaction is undone
   */
  void run(EngineSession session, Claim claim) throws SQLException {
    Job job = job();
    applier.insert(session, List.of(new Insertion(job, "{}", WORKER_POOL, false)));
    List<LeasedJob> claimed = claim.from(session, WORKER_POOL);
    if (claimed.size() != 1 || !claimed.get(0).job().job().id().equals(job.id())) {
      throw new StoreException("A job that was stored cannot be found again.");
    }
    Lease lease = claimed.get(0).lease();
    Transition transition =
        new Transition(
            job.id(), lease, head -> JobChange.to(JobStatus.PENDING, "Self-test.").dueAt(now));
    applier.change(session, List.of(transition));
    List<Recovery> unused =
        ProbeSchedule.takeDue(session, "", Instant.EPOCH, Duration.ofMinutes(1), 1);
    session.flush();
    throw new UndoneException();
  }

  private Job job() {
    return Job.builder()
        .set(Job.Field.ID, UUID.randomUUID().toString())
        .set(Job.Field.NAME, "self-test")
        .set(Job.Field.TENANT_ID, "jobs4j")
        .set(Job.Field.TENANT_QUEUE, WORKER_POOL)
        .set(Job.Field.STATUS, JobStatus.ACCEPTED)
        .set(Job.Field.LAST_STATUS_MESSAGE, JobStatus.ACCEPTED.description())
        .set(Job.Field.ACCEPTED, now)
        .set(Job.Field.LAST_UPDATED, now)
        .set(Job.Field.OWNER, "jobs4j")
        .set(Job.Field.SYSTEM_ID, "self-test")
        .set(Job.Field.APP_ID, "self-test")
        .set(Job.Field.APP_UUID, "self-test")
        .build();
  }

  /** Says that all went well. */
  static final class UndoneException extends JobsException {
    private static final long serialVersionUID = 1L;

    UndoneException() {
      super("The self-test is undone.");
    }
  }
}
