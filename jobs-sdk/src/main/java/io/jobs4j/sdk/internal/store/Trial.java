package io.jobs4j.sdk.internal.store;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.JobRecord;
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
final class Trial {
  /** No worker serves it. */
  private static final String LANE = "jobs4j trial";

  private final JobApplier applier;
  private final Instant now;

  Trial(JobApplier applier, Instant now) {
    this.applier = applier;
    this.now = now;
  }

  /** Takes a job that is ready, as workers do. */
  interface Claim {
    List<LeasedJob> from(EngineSession session, String lane) throws SQLException;
  }

  /**
   * Tries it.
   *
   * @throws UndoneException if all went well, so that the transaction is undone
   */
  void run(EngineSession session, Claim claim) throws SQLException {
    JobRecord job = job();
    applier.insert(session, List.of(new Insertion(job, "{}", LANE, false)));
    List<LeasedJob> claimed = claim.from(session, LANE);
    if (claimed.size() != 1 || !claimed.get(0).job().job().uuid().equals(job.uuid())) {
      throw new StoreException("A job that was stored cannot be found again.");
    }
    Lease lease = claimed.get(0).lease();
    Transition transition =
        new Transition(
            job.uuid(), lease, head -> JobChange.to(JobStatus.PENDING, "Trial.").dueAt(now));
    applier.change(session, List.of(transition));
    List<Recovery> unused =
        ProbeSchedule.takeDue(session, "", Instant.EPOCH, Duration.ofMinutes(1), 1);
    session.flush();
    throw new UndoneException();
  }

  private JobRecord job() {
    return JobRecord.builder()
        .uuid(UUID.randomUUID().toString())
        .name("trial")
        .tenantId("jobs4j")
        .tenantQueue(LANE)
        .status(JobStatus.ACCEPTED)
        .lastStatusMessage(JobStatus.ACCEPTED.description())
        .accepted(now)
        .lastUpdated(now)
        .owner("jobs4j")
        .systemId("trial")
        .appId("trial")
        .appUuid("trial")
        .updateToken("trial")
        .build();
  }

  /** Says that all went well. */
  static final class UndoneException extends JobsException {
    private static final long serialVersionUID = 1L;

    UndoneException() {
      super("The trial is undone.");
    }
  }
}
