package io.jobs4j.sdk.internal.store;

import io.jobs4j.sdk.JobEvent;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.Quota;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Changes jobs. What is to be changed is decided within the transaction, on what is stored then.
 * Safe for use by several threads. Methods throw {@link io.jobs4j.sdk.StoreException} when the
 * database fails.
 */
public final class JobChanges {
  private final StoreWriter writer;
  private final StoreObserver observer;

  JobChanges(StoreWriter writer, StoreObserver observer) {
    this.writer = writer;
    this.observer = observer;
  }

  /**
   * Changes a job, whoever has it. The decision is made within the transaction on what is stored
   * then, and may be made more than once.
   *
   * @return the job as it is after the change
   * @throws io.jobs4j.core.lifecycle.IllegalTransitionException if the change is not in the table;
   *     then nothing is changed
   */
  public JobHead change(String uuid, Function<JobHead, JobChange> decision) {
    return StoreWriter.result(changeLater(uuid, decision));
  }

  /** As {@link #change}, without waiting for it. */
  public CompletableFuture<JobHead> changeLater(
      String uuid, Function<JobHead, JobChange> decision) {
    return submit(new Transition(uuid, null, decision)).thenApply(Applied::after);
  }

  /**
   * Changes a job that this engine has. The decision is made within the transaction on what is
   * stored then, and may be made more than once.
   *
   * @return completes when the change is durable; with a {@link LeaseLostException} if the job is
   *     someone else's by then
   */
  public CompletableFuture<Applied> changeLater(
      Lease lease, Function<JobHead, JobChange> decision) {
    return submit(new Transition(lease.uuid(), lease, decision));
  }

  private CompletableFuture<Applied> submit(Transition transition) {
    transition.onCommit(
        applied -> {
          JobEvent event = applied.event();
          if (event != null) {
            observer.committed(event);
          }
        });
    return writer.submit(transition);
  }

  /**
   * Changes a job that this engine has so that it becomes active, if limits allow for it: never
   * more jobs are active than they allow, whoever else admits some at the same time.
   *
   * @param quota the limits
   * @param overQuota decides if they do not allow for the job
   */
  public CompletableFuture<Applied> changeLater(
      Lease lease,
      Quota quota,
      Function<JobHead, JobChange> decision,
      Function<JobHead, JobChange> overQuota) {
    return submit(new Transition(lease.uuid(), lease, decision, quota, overQuota));
  }
}
