package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.RemoteEnd;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Store;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what has become of watched jobs, by what their scheduler says of them: that they run, wait
 * for another reason, are over or cannot be seen. A query's thread calls it and waits until all of
 * it is stored; queries of several systems may do so at once.
 */
final class StatusRecorder {
  private static final Logger log = LoggerFactory.getLogger(StatusRecorder.class);

  private final Jobs storedJobs;
  private final JobChanges changes;
  private final InstantSource clock;
  private final Supervision supervision;
  private final Consumer<Job> onEnd;

  /**
   * A recorder.
   *
   * @param supervision blocks jobs that cannot be seen
   * @param onEnd is told of each job that is over
   */
  StatusRecorder(Store store, Supervision supervision, Consumer<Job> onEnd) {
    this.storedJobs = store.jobs();
    this.changes = store.changes();
    this.clock = store.clock();
    this.supervision = supervision;
    this.onEnd = onEnd;
  }

  /** Stores what has changed; returns the jobs that need not be watched any more. */
  Set<WatchedJob> store(List<WatchedJob> jobs, Map<RemoteJob, RemoteStatus> statuses) {
    List<String> ended =
        jobs.stream()
            .filter(job -> isOver(statuses.get(job.remoteJob())) || isUnseen(statuses, job))
            .map(job -> job.lease().uuid())
            .toList();
    Map<String, StoredJob> stored = storedJobs.load(ended);
    Map<WatchedJob, CompletableFuture<Applied>> made = new LinkedHashMap<>();
    for (WatchedJob job : jobs) {
      RemoteStatus status = statuses.get(job.remoteJob());
      if (status == null) {
        continue;
      }
      job.checked();
      if (status.isOver()) {
        StoredJob before = stored.get(job.lease().uuid());
        if (before != null) {
          made.put(job, end(job, before, status));
        }
      } else if (status.state() == RemoteStatus.State.UNSEEN) {
        StoredJob before = stored.get(job.lease().uuid());
        if (before != null) {
          made.put(job, supervision.block(job.lease(), before, status));
        }
      } else if (job.differs(status)) {
        made.put(job, move(job, status));
      }
    }
    Set<WatchedJob> over = new HashSet<>();
    made.forEach(
        (job, change) -> {
          try {
            JobHead head = change.join().after();
            job.stored(statuses.get(job.remoteJob()));
            if (!head.status().isExecuting()) {
              over.add(job);
              StoredJob before = stored.get(job.lease().uuid());
              if (head.status().isTerminal() && before != null) {
                onEnd.accept(before.job());
              }
            }
          } catch (CompletionException e) {
            if (e.getCause() instanceof LeaseLostException) {
              job.lose();
              over.add(job);
            } else {
              job.notStored(!SqlFailure.isOfValues(e.getCause()));
              JobLog.about(job.lease().uuid(), () -> complain(job, e.getCause()));
            }
          }
        });
    return over;
  }

  private static void complain(WatchedJob job, @Nullable Throwable error) {
    String uuid = job.lease().uuid();
    if (!SqlFailure.isOfValues(error)) {
      log.warn("What became of job {} could not be stored yet", uuid, error);
    } else if (job.refuse()) {
      log.error("The database refuses to store what became of job {}", uuid, error);
    } else {
      log.debug("The database refuses to store what became of job {}", uuid, error);
    }
  }

  private static boolean isUnseen(Map<RemoteJob, RemoteStatus> statuses, WatchedJob job) {
    RemoteStatus status = statuses.get(job.remoteJob());
    return status != null && status.state() == RemoteStatus.State.UNSEEN;
  }

  private static boolean isOver(@Nullable RemoteStatus status) {
    return status != null && status.isOver();
  }

  private CompletableFuture<Applied> end(WatchedJob job, StoredJob stored, RemoteStatus status) {
    return changes.changeLater(
        job.lease(),
        head ->
            head.status().isExecuting()
                ? counted(job, RemoteEnd.of(stored, status, head.cancelRequestedBy()))
                : JobChange.NONE.dueAsBefore());
  }

  /** To another state, or in the same one with what the scheduler says of it now. */
  private CompletableFuture<Applied> move(WatchedJob job, RemoteStatus status) {
    JobStatus to =
        status.state() == RemoteStatus.State.RUNNING ? JobStatus.RUNNING : JobStatus.QUEUED;
    boolean saysMore = job.reasonDiffers(status);
    String message = status.reason().isBlank() ? to.description() : status.reason();
    return changes.changeLater(
        job.lease(),
        head ->
            head.status().isExecuting() && (head.status() != to || saysMore)
                ? counted(
                    job,
                    JobChange.to(to, message)
                        .remoteReason(status.reason())
                        .remoteStarted(status.started())
                        .dueAsBefore())
                : JobChange.NONE.dueAsBefore());
  }

  private JobChange counted(WatchedJob job, JobChange change) {
    return job.counted(change, clock.instant());
  }
}
