package io.jobs4j.adapters.slurm.internal;

import io.jobs4j.core.spi.RemoteJob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of jobs before, as far as it changes what is to be believed now. It is kept in
 * memory: after a restart, times of grace begin anew. How often a job was queued again is noted in
 * its work directory as well, see {@link RunRecord#requeues}. That counts for each job of the batch
 * system, all else for each that is asked about. Safe for use by several threads.
 */
public final class Sightings {
  /** More jobs than are watched at once; those not looked at for the longest are forgotten. */
  private static final int MOST = 100_000;

  /** How long something must have been so, in at least two looks, before it is believed. */
  private static final Duration GRACE = Duration.ofSeconds(150);

  private final Clock clock;

  private final Map<RemoteJob, Seen> jobs =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RemoteJob, Seen> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Nothing was seen yet.
   *
   * @param clock measures times of grace
   */
  public Sightings(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes that the controller has a job of an attempt and how often it was queued again; returns
   * whether that is more often than the work directory has been told.
   *
   * @param job that is asked about
   * @param id of the job of the batch system that is meant, which may be another of the attempt
   */
  public synchronized boolean alive(RemoteJob job, String id, int restarts) {
    Seen asked = jobs.get(job);
    if (asked != null) {
      asked.doubted = null;
    }
    RemoteJob copy = new RemoteJob(id, job.attempt());
    Seen seen = jobs.get(copy);
    if (seen == null && restarts == 0) {
      return false;
    }
    if (seen == null) {
      seen = new Seen();
      jobs.put(copy, seen);
    }
    seen.restarts = Math.max(seen.restarts, restarts);
    return restarts > seen.noted;
  }

  /**
   * Notes which job of the batch system it is that seemed not to be there; what is doubted of that
   * one counts.
   */
  public synchronized void found(RemoteJob job, String id) {
    Seen seen = jobs.computeIfAbsent(job, unused -> new Seen());
    if (!id.equals(seen.id)) {
      seen.id = id;
      seen.doubted = null;
    }
  }

  /** Notes that the work directory tells how often a job of the batch system was queued again. */
  public synchronized void noted(RemoteJob job, String id, int restarts) {
    Seen seen = jobs.computeIfAbsent(new RemoteJob(id, job.attempt()), unused -> new Seen());
    seen.noted = Math.max(seen.noted, restarts);
  }

  /** How often a job of the batch system is known to have been queued again. */
  public synchronized int restarts(RemoteJob job, String id) {
    Seen seen = jobs.get(new RemoteJob(id, job.attempt()));
    return seen == null ? 0 : seen.restarts;
  }

  /** Notes that the job seems to be gone or over; returns whether that has been so long enough. */
  public synchronized boolean believed(RemoteJob job) {
    Seen seen = jobs.computeIfAbsent(job, unused -> new Seen());
    Instant now = clock.instant();
    Instant since = seen.doubted;
    if (since == null) {
      seen.doubted = now;
      return false;
    }
    return !now.isBefore(since.plus(GRACE));
  }

  /** Returns true once for a job and reason. */
  public synchronized boolean warn(RemoteJob job, String reason) {
    Seen seen = jobs.computeIfAbsent(job, unused -> new Seen());
    boolean fresh = !reason.equals(seen.warned);
    seen.warned = reason;
    return fresh;
  }

  private static final class Seen {
    int restarts;
    int noted;
    @Nullable String id;
    @Nullable Instant doubted;
    @Nullable String warned;
  }
}
