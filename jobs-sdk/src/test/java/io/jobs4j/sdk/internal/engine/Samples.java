package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.store.Store;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Jobs and systems as tests of this package need them. */
public final class Samples {
  private Samples() {}

  /** Stores a job that has just been accepted; returns its UUID. */
  public static String accepted(Store store, String uuid, String system) {
    store
        .jobs()
        .insert(
            Job.builder()
                .set(Job.Field.ID, uuid)
                .set(Job.Field.NAME, "name")
                .set(Job.Field.TENANT_ID, "acme")
                .set(Job.Field.TENANT_QUEUE, "queue")
                .set(Job.Field.STATUS, JobStatus.ACCEPTED)
                .set(Job.Field.LAST_STATUS_MESSAGE, "accepted")
                .set(Job.Field.ACCEPTED, store.clock().instant())
                .set(Job.Field.LAST_UPDATED, store.clock().instant())
                .set(Job.Field.OWNER, "alice")
                .set(Job.Field.SYSTEM_ID, system)
                .set(Job.Field.APP_ID, "app-1")
                .set(Job.Field.APP_UUID, "app")
                .build(),
            "{}");
    return uuid;
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
    for (JobStatus next :
        List.of(
            JobStatus.PENDING,
            JobStatus.PROCESSING_INPUTS,
            JobStatus.STAGED,
            JobStatus.STAGING_JOB,
            JobStatus.SUBMITTING,
            JobStatus.RUNNING)) {
      change = change.then(next, "");
    }
    JobChange last = launched.apply(change);
    Applied unused = Store.result(store.changes().changeLater(lease, head -> last));
    return lease;
  }

  /** A system of this host. */
  static ExecutionSystem system(String id, String scheduler, String storage) {
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
