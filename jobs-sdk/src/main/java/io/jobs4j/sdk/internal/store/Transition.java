package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.Quota;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A change of a job to make. It is decided on within the transaction, when it is known how the job
 * is stored, and perhaps more than once.
 */
final class Transition extends PendingWrite<Applied> {
  private final String uuid;
  private final @Nullable Lease lease;
  private final Function<JobHead, JobChange> decision;
  private final @Nullable Quota quota;
  private final Function<JobHead, JobChange> overQuota;

  /**
   * A change.
   *
   * @param lease under which it is made; {@code null} if anyone may make it
   */
  Transition(String uuid, @Nullable Lease lease, Function<JobHead, JobChange> decision) {
    this(uuid, lease, decision, null, decision);
  }

  /**
   * A change by which a job becomes active, if limits allow for it.
   *
   * @param lease under which it is made; {@code null} if anyone may make it
   * @param quota the limits; {@code null} if there are none
   * @param overQuota decides if they do not
   */
  Transition(
      String uuid,
      @Nullable Lease lease,
      Function<JobHead, JobChange> decision,
      @Nullable Quota quota,
      Function<JobHead, JobChange> overQuota) {
    this.uuid = uuid;
    this.lease = lease;
    this.decision = decision;
    this.quota = quota;
    this.overQuota = overQuota;
  }

  String uuid() {
    return uuid;
  }

  @Nullable Lease lease() {
    return lease;
  }

  @Nullable Quota quota() {
    return quota;
  }

  /**
   * Decides what is to be changed.
   *
   * @param admits whether limits allow for the job
   */
  JobChange decide(JobHead head, boolean admits) {
    return (admits ? decision : overQuota).apply(head);
  }

  @Override
  String job() {
    return uuid;
  }

  /** Whether it is made under a lease and within no limits. */
  boolean isOfHolder() {
    return lease != null && quota == null;
  }
}
