package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.lifecycle.JobTransitions;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.store.Stored;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Jobs and systems as tests of this package need them. */
public final class Samples {
  private Samples() {}

  /** Stores a job that has just been accepted; returns its UUID. */
  public static String accepted(Store store, String uuid, String system) {
    store.jobs().insert(job(store, uuid, system), "{}");
    return uuid;
  }

  /** A job that is accepted now. */
  static Job job(Store store, String uuid, String system) {
    return Stored.job(uuid).toBuilder()
        .set(Job.Field.ACCEPTED, store.clock().instant())
        .set(Job.Field.LAST_UPDATED, store.clock().instant())
        .set(Job.Field.SYSTEM_ID, system)
        .build();
  }

  /** Stores a job that is the only one due, and has it run. */
  static Lease running(Store store, UnaryOperator<JobChange> launched) {
    String unused = accepted(store, UUID.randomUUID().toString(), "system");
    return run(store, launched);
  }

  /**
   * Has the job run that is due.
   *
   * @param launched adds to the change what else is to be stored
   */
  static Lease run(Store store, UnaryOperator<JobChange> launched) {
    Lease lease = store.leases().claim("", 1).get(0).lease();
    JobChange change = JobChange.NONE;
    List<JobStatus> path = JobTransitions.longestPath();
    for (JobStatus next : path.subList(1, path.indexOf(JobStatus.RUNNING) + 1)) {
      change = change.then(next, "");
    }
    JobChange last = launched.apply(change);
    Applied unused = Store.result(store.changes().changeLater(lease, head -> last));
    return lease;
  }

  /** A system of this host. */
  public static ExecutionSystem system(String id, String scheduler, String storage) {
    return system(id, scheduler, storage, "/");
  }

  /** A system of this host. */
  public static ExecutionSystem system(
      String id, String scheduler, String storage, String rootDir) {
    return new ExecutionSystem(
        id,
        null,
        true,
        scheduler,
        new LoginAccess("LOCAL", null, 0),
        new StorageAccess(storage, null, 0, rootDir, "/"),
        null,
        null,
        null,
        List.of(),
        false,
        -1,
        -1,
        List.of());
  }
}
