package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.TransferProgress;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.transfer.Fence;
import io.jobs4j.sdk.internal.transfer.Leftovers;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import io.jobs4j.sdk.internal.transfer.TransferTerms;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts files into a job's work directory, under the job's lease: nothing of it shows to the job or
 * a user when the lease is over.
 *
 * @param context of the phase that does so
 * @param storage where the work directory is
 * @param workPath the work directory
 */
record Staging(PhaseContext context, FileStorage storage, StoragePath workPath) {
  private static final String LOCAL = "LOCAL";

  /**
   * How often the directory is made. An engine that had the job before and goes on late may remove
   * it as long as nothing is in it, once for each lease.
   */
  static final int ATTEMPTS = 5;

  /** What is done with the directory. */
  interface Work<T> {
    T run(Staging staging) throws InterruptedException;
  }

  /**
   * Makes the directory, ends what earlier attempts have begun in it, and does the work. If the
   * lease is found to be over, what was made late is removed: empty directories only, because
   * everything else is somebody's. The next owner of the job may have found them and put nothing in
   * them yet, so whoever holds the lease and misses them makes them again.
   */
  static <T> T in(PhaseContext context, Work<T> work) throws InterruptedException {
    Staging staging = new Staging(context, context.workStorage(), context.workPath());
    StoragePath control = staging.workPath.resolve(WorkDirectory.CONTROL);
    for (int times = 1; ; times++) {
      try {
        return staging.attempt(work, control);
      } catch (PermanentAdapterException e) {
        if (times == ATTEMPTS || staging.storage.stat(control).isPresent()) {
          throw e;
        }
      }
    }
  }

  private <T> T attempt(Work<T> work, StoragePath control) throws InterruptedException {
    Fence fence = context.fence();
    try {
      fence.requireHeld();
      // With it the work directory itself; adapters are faster when they find it.
      storage.makeDirectories(control);
      makePrivate(workPath);
      fence.requireHeld();
      if (context.attempted()) {
        Leftovers.deleteBelow(storage, workPath, fence);
      }
      return work.run(this);
    } catch (StoreException e) {
      storage.deleteIfEmpty(control);
      storage.deleteIfEmpty(workPath);
      throw e;
    }
  }

  /**
   * Keeps everybody but the owner from a file or directory, unless that would keep the job out too.
   */
  void makePrivate(StoragePath path) throws InterruptedException {
    if (jobsOwnFiles(context.system())) {
      storage.makePrivate(path);
    }
  }

  /**
   * Whether jobs run under the account to which files belong that the engine makes, as far as the
   * definition tells. An account of the same name on another host may be another.
   */
  static boolean jobsOwnFiles(ExecutionSystem system) {
    LoginAccess login = system.login();
    StorageAccess storage = system.storage();
    if (login.protocol().equalsIgnoreCase(LOCAL) || storage.protocol().equalsIgnoreCase(LOCAL)) {
      return login.protocol().equalsIgnoreCase(storage.protocol());
    }
    String loginHost = login.host();
    String storageHost = storage.host();
    return (loginHost == null ? storageHost == null : loginHost.equalsIgnoreCase(storageHost))
        && Objects.equals(username(login.auth()), username(storage.auth()));
  }

  private static @Nullable String username(@Nullable AccessAuth auth) {
    return auth == null ? null : auth.username();
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
            new TransferTerms(context.fence(), workPath, null, false),
            context.cancelled());
  }
}
