package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.StoredText;
import io.jobs4j.sdk.internal.transfer.Leftovers;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a request to cancel, in whatever state it finds the job. A job that may have been
 * launched is {@code STOPPED} only when there is proof that nothing of it runs: until then the
 * scheduler is asked again from time to time.
 */
public final class Cancel implements Phase {
  private static final Logger log = LoggerFactory.getLogger(Cancel.class);

  private static final Duration ASK_AGAIN = Duration.ofSeconds(30);

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    String user = context.stored().cancelRequestedBy();
    if (user == null) {
      throw new IllegalStateException("nobody asked to cancel " + context.job());
    }
    JobStatus active = context.stored().activeStatus();
    if (active != JobStatus.SUBMITTING && !active.isExecuting()) {
      if (context.job().status() != JobStatus.BLOCKED) {
        deleteLeftovers(context, active);
      }
      return new PhaseResult.Advance(RemoteEnd.stopped(user));
    }
    RemoteScheduler scheduler = context.systems().scheduler(context.system());
    RemoteJob job = context.remoteJob();
    scheduler.cancel(job);
    Optional<RemoteJob> launched = scheduler.find(job.attempt());
    if (launched.isEmpty()) {
      return new PhaseResult.Advance(RemoteEnd.stopped(user));
    }
    RemoteStatus status = scheduler.statuses(launched.stream().toList()).get(launched.get());
    if (status != null && status.isOver()) {
      return new PhaseResult.Advance(RemoteEnd.of(context.stored(), status, user));
    }
    return waiting(context, launched.get(), user);
  }

  /**
   * Deletes the temporary files that engines which died, and connections that broke, have left. The
   * job is stopped whether or not that works out. A blocked job's files are not looked at, as that
   * could wait for what it is blocked on.
   */
  private static void deleteLeftovers(PhaseContext context, JobStatus active)
      throws InterruptedException {
    if (!context.attempted() || active.compareTo(JobStatus.STAGING_INPUTS) < 0) {
      return;
    }
    try {
      Leftovers.deleteBelow(context.workStorage(), context.workPath(), context.fence());
      String archiveSystem = context.job().archiveSystem();
      String archivePath = context.job().archivePath();
      if (active == JobStatus.ARCHIVING && archiveSystem != null && archivePath != null) {
        StorageSystem system = context.storageSystem(archiveSystem);
        Leftovers.deleteBelow(
            context.systems().storage(system),
            StoragePath.parse(system.storage().homeDir(), archivePath),
            context.fence());
      }
    } catch (RuntimeException e) {
      // Adapters are others' code, and may throw what they do not declare.
      log.info("Temporary files of job {} may be left: {}", context.job().id(), e.toString());
    }
  }

  private static PhaseResult waiting(PhaseContext context, RemoteJob launched, String user) {
    String message = "Cancelling at the request of " + user + ".";
    JobStatus status = context.job().status();
    JobStatus active = context.stored().activeStatus();
    JobChange change = JobChange.NONE;
    if (status != active || !context.job().lastStatusMessage().equals(message)) {
      change = change.then(active, message);
    }
    if (active == JobStatus.SUBMITTING) {
      change = change.then(JobStatus.QUEUED, message);
      // Without one the scheduler is asked by the attempt's key.
      if (StoredText.isId(launched.remoteJobId())) {
        change = change.remoteJobId(launched.remoteJobId());
      }
    }
    return new PhaseResult.HandOver(
        change,
        context.system(),
        launched,
        Watch.known(context.job()),
        context.now().plus(ASK_AGAIN));
  }
}
