package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the jobs that schedulers have. One query for each system covers all its jobs; what a
 * scheduler learns by itself is looked at right away, and its jobs are polled only as a safeguard.
 * Nothing is taken for an end but what a scheduler says is one: a query that fails or leaves a job
 * out changes nothing. Now and then it has paused jobs looked at, which nobody watches.
 *
 * <p>Jobs are watched, and heard of, from any thread. Its loop decides which system is asked now; a
 * thread of its pool asks, has stored what follows, and notes when it is asked again. One lock
 * guards the watched jobs; nobody holds it while a scheduler or the database is asked.
 */
final class Monitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Monitor.class);

  private final InstantSource clock;
  private final Adapters adapters;
  private final ExecutorService pool;
  private final Runnable onDue;
  private final EngineMetrics metrics;
  private final Supervision supervision;
  private final StatusRecorder recorder;
  private final Runnable paused;
  private final Loop loop;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@code lock}, and so is all that hangs on it. */
  private final WatchedJobs watched = new WatchedJobs();

  /** When paused jobs are looked at next, from the first round on; the loop's alone. */
  private @Nullable Instant nextPaused;

  /**
   * A monitor that does not run yet.
   *
   * @param pool runs the queries, one for each system at a time
   * @param onDue is told when a job may have become due
   * @param onEnd is told of each job that is over
   * @param metrics which do not throw
   * @param supervision sees to jobs that are not as they should be
   * @param paused looks at paused jobs, on the pool
   */
  Monitor(
      Store store,
      Adapters adapters,
      ExecutorService pool,
      Runnable onDue,
      Consumer<Job> onEnd,
      EngineMetrics metrics,
      Supervision supervision,
      Runnable paused) {
    this.clock = store.clock();
    this.adapters = adapters;
    this.pool = pool;
    this.onDue = onDue;
    this.metrics = metrics;
    this.supervision = supervision;
    this.recorder = new StatusRecorder(store, supervision, onEnd);
    this.paused = paused;
    this.loop = new Loop("monitor", "The jobs could not be looked at", this::look);
  }

  void start() {
    loop.start();
  }

  /**
   * Watches a job from now on. Asks no adapter, and so does not wait for one.
   *
   * @param status where it was last known to be
   * @param isOld whether that may have changed long ago
   * @param told what {@link #tells} said before the job was stored as watched
   */
  void watch(
      ExecutionSystem system,
      Lease lease,
      RemoteJob remoteJob,
      RemoteStatus status,
      boolean isOld,
      boolean told) {
    SystemWatch watch;
    lock.lock();
    try {
      WatchedJob job = new WatchedJob(lease, remoteJob, status, clock.instant());
      watch = watched.add(system, job, status.isOver());
      if (isOld && !told) {
        watch.lookAt(job.key());
      }
      loop.wake();
    } finally {
      lock.unlock();
    }
    pollBy(watch, told ? PollInterval.LONGEST : PollInterval.SHORTEST);
  }

  private void pollBy(SystemWatch watch, Duration after) {
    lock.lock();
    try {
      watch.pollBy(clock.instant().plus(after));
      loop.wake();
    } finally {
      lock.unlock();
    }
  }

  /** Says that a scheduler has learned something of a job. */
  void heardOf(RemoteJob job) {
    lock.lock();
    try {
      heard(job.attempt().key());
    } finally {
      lock.unlock();
    }
  }

  /** Has a job looked at now, or as soon as it is watched. The caller has the lock. */
  private void heard(String key) {
    if (watched.heard(key)) {
      loop.wake();
    }
  }

  /** The leases of the jobs that it watches. */
  Set<Lease> leases() {
    lock.lock();
    try {
      return watched.leases();
    } finally {
      lock.unlock();
    }
  }

  /** How many jobs it watches. */
  int watched() {
    lock.lock();
    try {
      return watched.count();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all jobs: they are other engines'. */
  void forgetAll() {
    lock.lock();
    try {
      watched.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Looks at the clock again. */
  void wake() {
    loop.wake();
  }

  private Duration look() {
    lock.lock();
    try {
      Duration rest = PollInterval.LONGEST;
      Instant now = clock.instant();
      if (nextPaused == null) {
        nextPaused = now.plus(PausedJobs.INTERVAL);
      } else if (!now.isBefore(nextPaused)) {
        nextPaused = now.plus(PausedJobs.INTERVAL);
        pool.execute(paused);
      }
      for (SystemWatch watch : watched.systems()) {
        if (watch.isQuerying()) {
          continue;
        }
        boolean all = watch.isPollDue(now);
        List<WatchedJob> jobs = watch.toLookAt(all);
        if (!jobs.isEmpty()) {
          // First, as it may fail; whoever it is done by waits for the lock before it ends.
          pool.execute(() -> query(watch, jobs, all));
          watch.beginQuery();
        } else {
          Duration until = watch.untilPoll(now);
          rest = until.compareTo(rest) < 0 ? until : rest;
        }
      }
      return rest;
    } catch (RejectedExecutionException e) {
      log.debug("The monitor stops.");
      return PollInterval.LONGEST;
    } finally {
      lock.unlock();
    }
  }

  private void query(SystemWatch watch, List<WatchedJob> jobs, boolean all) {
    Set<WatchedJob> over = new HashSet<>();
    boolean answered = false;
    long start = System.nanoTime();
    try {
      RemoteScheduler scheduler = adapters.scheduler(watch.system());
      Map<RemoteJob, RemoteStatus> statuses =
          scheduler.statuses(jobs.stream().map(WatchedJob::remoteJob).toList());
      answered = true;
      asked(watch.system(), start, "DONE");
      over.addAll(recorder.store(jobs, statuses));
      for (WatchedJob job : jobs) {
        RemoteStatus status = statuses.get(job.remoteJob());
        if (!over.contains(job) && status != null && Boolean.TRUE.equals(status.held())) {
          supervision.release(scheduler, job.lease(), job.remoteJob());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (JobsException e) {
      log.warn("The jobs on {} could not be looked at: {}", watch.system().id(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("The jobs on {} could not be looked at", watch.system().id(), e);
    } finally {
      if (!answered) {
        asked(watch.system(), start, "FAILED");
        jobs.forEach(WatchedJob::checkFailed);
      }
      finish(watch, jobs, all, answered, over);
    }
  }

  private void asked(ExecutionSystem system, long start, String result) {
    metrics.time(
        EngineMetricNames.MONITOR_QUERY,
        Duration.ofNanos(System.nanoTime() - start),
        "system",
        system.id(),
        "result",
        result);
  }

  private void finish(
      SystemWatch watch,
      List<WatchedJob> jobs,
      boolean all,
      boolean answered,
      Set<WatchedJob> over) {
    List<WatchedJob> left = jobs.stream().filter(job -> !over.contains(job)).toList();
    Duration interval = interval(watch.system(), left);
    lock.lock();
    try {
      over.forEach(watch::remove);
      // What was heard and not stored is looked at again for whoever has the job now.
      over.stream().filter(WatchedJob::isLost).forEach(job -> heard(job.key()));
      watch.takeUnwatched().forEach(this::heard);
      watch.endQuery(answered, all, clock.instant(), interval);
      watched.forgetIfEmpty(watch);
      loop.wake();
    } finally {
      lock.unlock();
    }
    if (answered && !left.isEmpty()) {
      pollBy(watch, interval);
    }
    if (!over.isEmpty()) {
      onDue.run();
    }
  }

  /** How long until all of these jobs are looked at again. */
  private Duration interval(ExecutionSystem system, List<WatchedJob> jobs) {
    Instant now = clock.instant();
    Duration interval = PollInterval.LONGEST;
    for (WatchedJob job : jobs) {
      if (job.isUnstored()) {
        return PollInterval.SHORTEST;
      }
      Duration pace = PollInterval.at(Duration.between(job.since(), now));
      if (pace.compareTo(interval) < 0 && !tells(system, job.remoteJob())) {
        interval = pace;
      }
    }
    return interval;
  }

  /**
   * Whether the scheduler will tell of the end of a job. Not to be asked on the thread that writes
   * to the database: adapters may take their time. Whoever asks and watches the job only later
   * misses nothing, because what is heard meanwhile is remembered.
   */
  boolean tells(ExecutionSystem system, RemoteJob job) {
    try {
      return adapters.scheduler(system).tellsOf(job);
    } catch (RuntimeException e) {
      // Then it is polled.
      log.warn("The scheduler of {} does not say what it tells of: {}", system.id(), e.toString());
      return false;
    }
  }

  /** Stops what can be stopped without waiting for it; {@link #close} must follow. */
  void stop() {
    loop.stop();
    pool.shutdownNow();
  }

  /** Starts no more queries and waits for those under way. */
  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** As {@link #close()}, until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline, pool);
  }
}
