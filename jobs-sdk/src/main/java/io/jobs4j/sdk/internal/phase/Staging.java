package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Leftovers;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import io.jobs4j.sdk.internal.transfer.TransferTerms;

/**
 * Puts files into a job's work directory, under the job's lease: nothing of it shows to the job or
 * a user when the lease is over.
 *
 * @param context of the phase that does so
 * @param storage where the work directory is
 * @param workPath the work directory
 */
record Staging(PhaseContext context, FileStorage storage, StoragePath workPath) {
  /** What is done with the directory. */
  interface Work<T> {
    T run(Staging staging) throws InterruptedException;
  }

  /**
   * Makes the directory, ends what earlier leases have begun in it, and does the work. If the lease
   * is found to be over, what was made late is removed: empty directories only, because everything
   * else is somebody's.
   */
  static <T> T in(PhaseContext context, Work<T> work) throws InterruptedException {
    Staging staging = new Staging(context, context.workStorage(), context.workPath());
    Fence fence = context.fence();
    StoragePath control = staging.workPath.resolve(WorkDirectory.CONTROL);
    try {
      fence.requireHeld();
      // With it the work directory itself; adapters are faster when they find it.
      staging.storage.makeDirectories(control);
      staging.storage.makePrivate(staging.workPath);
      fence.requireHeld();
      if (fence.number() > 1) {
        Leftovers.deleteBelow(staging.storage, staging.workPath, fence);
      }
      return work.run(staging);
    } catch (StoreException e) {
      staging.storage.deleteIfEmpty(control);
      staging.storage.deleteIfEmpty(staging.workPath);
      throw e;
    }
  }

  /** Carries out a plan whose targets are in the directory. */
  TransferProgress transfer(
      TransferPlan plan, FileStorage source, String sourceUri, JobStatus status)
      throws InterruptedException {
    return context
        .transfers()
        .run(
            plan,
            source,
            storage,
            sourceUri,
            new ProgressReports(status, context),
            new TransferTerms(context.fence(), workPath, null),
            context.cancelled());
  }
}
