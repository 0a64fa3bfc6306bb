package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import io.jobs4j.sdk.EngineMetricNames;
import io.jobs4j.sdk.EngineMetrics;
import io.jobs4j.sdk.internal.job.Applied;
import io.jobs4j.sdk.internal.job.JobChange;
import io.jobs4j.sdk.internal.job.JobHead;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.phase.RemoteEnd;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.store.JobChanges;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
 */
final class Monitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Monitor.class);

  /** How often jobs are polled, by the age of the youngest: the first row that fits. */
  private static final List<Pace> PACES =
      List.of(
          new Pace(Duration.ofMinutes(1), Duration.ofSeconds(1)),
          new Pace(Duration.ofMinutes(10), Duration.ofSeconds(5)),
          new Pace(Duration.ofHours(1), Duration.ofSeconds(15)));

  private static final Duration SLOWEST = Duration.ofSeconds(60);

  /** How many jobs that were heard of too early are remembered. */
  private static final int EARLY_LIMIT = 10_000;

  private final Jobs storedJobs;
  private final JobChanges changes;
  private final InstantSource clock;
  private final Adapters adapters;
  private final ExecutorService pool;
  private final Runnable onDue;
  private final Consumer<Job> onEnd;
  private final EngineMetrics metrics;
  private final Supervision supervision;
  private final Runnable paused;
  private final Loop loop;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@code lock}, and so is all that hangs on it. */
  private final Map<ExecutionSystem, SystemWatch> systems = new HashMap<>();

  /**
   * Keys of jobs that were heard of while nobody watched them under the lease that they have now;
   * guarded by {@code lock}.
   */
  private final Set<String> early = new LinkedHashSet<>();

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
    this.storedJobs = store.jobs();
    this.changes = store.changes();
    this.clock = store.clock();
    this.adapters = adapters;
    this.pool = pool;
    this.onDue = onDue;
    this.onEnd = onEnd;
    this.metrics = metrics;
    this.supervision = supervision;
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
    String key = remoteJob.attempt().key();
    SystemWatch watch;
    lock.lock();
    try {
      watch = systems.computeIfAbsent(system, SystemWatch::new);
      watch.jobs.merge(
          key,
          new Watched(lease, remoteJob, status, clock.instant()),
          // What comes late from an earlier lease does not count.
          (known, late) -> known.lease.fence() > late.lease.fence() ? known : late);
      if (early.remove(key) || status.isOver()) {
        watch.changed.add(key);
      }
      if (isOld && !told) {
        watch.changed.add(key);
      }
      loop.wake();
    } finally {
      lock.unlock();
    }
    pollBy(watch, told ? SLOWEST : PACES.get(0).interval());
  }

  private void pollBy(SystemWatch watch, Duration after) {
    lock.lock();
    try {
      Instant time = clock.instant().plus(after);
      watch.nextPoll = time.isBefore(watch.nextPoll) ? time : watch.nextPoll;
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
    for (SystemWatch watch : systems.values()) {
      if (watch.jobs.containsKey(key)) {
        watch.changed.add(key);
        loop.wake();
        return;
      }
    }
    if (early.add(key) && early.size() > EARLY_LIMIT) {
      early.remove(early.iterator().next());
    }
  }

  /** The leases of the jobs that it watches. */
  Set<Lease> leases() {
    lock.lock();
    try {
      Set<Lease> leases = new HashSet<>();
      systems.values().forEach(watch -> watch.jobs.values().forEach(job -> leases.add(job.lease)));
      return leases;
    } finally {
      lock.unlock();
    }
  }

  /** How many jobs it watches. */
  int watched() {
    lock.lock();
    try {
      return systems.values().stream().mapToInt(watch -> watch.jobs.size()).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all jobs: they are other engines'. */
  void forgetAll() {
    lock.lock();
    try {
      systems.clear();
      early.clear();
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
      Duration rest = SLOWEST;
      Instant now = clock.instant();
      if (nextPaused == null) {
        nextPaused = now.plus(PausedJobs.INTERVAL);
      } else if (!now.isBefore(nextPaused)) {
        nextPaused = now.plus(PausedJobs.INTERVAL);
        pool.execute(paused);
      }
      for (SystemWatch watch : systems.values()) {
        if (watch.querying) {
          continue;
        }
        boolean all = !now.isBefore(watch.nextPoll);
        List<Watched> jobs = all ? List.copyOf(watch.jobs.values()) : watch.changed();
        if (!jobs.isEmpty()) {
          // First, as it may fail; whoever it is done by waits for the lock before it ends.
          pool.execute(() -> query(watch, jobs, all));
          watch.querying = true;
          watch.changed.clear();
        } else {
          Duration until = Duration.between(now, watch.nextPoll);
          rest = until.compareTo(rest) < 0 ? until : rest;
        }
      }
      return rest;
    } catch (RejectedExecutionException e) {
      log.debug("The monitor stops.");
      return SLOWEST;
    } finally {
      lock.unlock();
    }
  }

  private void query(SystemWatch watch, List<Watched> jobs, boolean all) {
    Set<Watched> over = new HashSet<>();
    boolean answered = false;
    long start = System.nanoTime();
    try {
      RemoteScheduler scheduler = adapters.scheduler(watch.system);
      Map<RemoteJob, RemoteStatus> statuses =
          scheduler.statuses(jobs.stream().map(job -> job.remoteJob).toList());
      answered = true;
      asked(watch.system, start, "DONE");
      over.addAll(store(jobs, statuses));
      for (Watched job : jobs) {
        RemoteStatus status = statuses.get(job.remoteJob);
        if (!over.contains(job) && status != null && Boolean.TRUE.equals(status.held())) {
          supervision.release(scheduler, job.lease, job.remoteJob);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (JobsException e) {
      log.warn("The jobs on {} could not be looked at: {}", watch.system.id(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("The jobs on {} could not be looked at", watch.system.id(), e);
    } finally {
      if (!answered) {
        asked(watch.system, start, "FAILED");
        jobs.forEach(job -> job.failedChecks++);
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
      SystemWatch watch, List<Watched> jobs, boolean all, boolean answered, Set<Watched> over) {
    List<Watched> left = jobs.stream().filter(job -> !over.contains(job)).toList();
    Duration interval = interval(watch.system, left);
    lock.lock();
    try {
      over.forEach(job -> watch.jobs.remove(job.remoteJob.attempt().key(), job));
      // What was heard and not stored is looked at again for whoever has the job now.
      over.stream().filter(job -> job.lost).forEach(job -> heard(job.remoteJob.attempt().key()));
      watch.takeUnwatched().forEach(this::heard);
      watch.querying = false;
      watch.failures = answered ? 0 : watch.failures + 1;
      if (!answered) {
        watch.nextPoll = clock.instant().plus(watch.afterFailure());
      } else if (all) {
        watch.nextPoll = clock.instant().plus(interval);
      }
      if (watch.jobs.isEmpty()) {
        systems.remove(watch.system, watch);
      }
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
  private Duration interval(ExecutionSystem system, List<Watched> jobs) {
    Instant now = clock.instant();
    Duration interval = SLOWEST;
    for (Watched job : jobs) {
      if (job.unstored) {
        return PACES.get(0).interval();
      }
      Duration pace = pace(Duration.between(job.since, now));
      if (pace.compareTo(interval) < 0 && !tells(system, job.remoteJob)) {
        interval = pace;
      }
    }
    return interval;
  }

  private static Duration pace(Duration age) {
    for (Pace pace : PACES) {
      if (age.compareTo(pace.age()) < 0) {
        return pace.interval();
      }
    }
    return SLOWEST;
  }

  /** Stores what has changed; returns the jobs that need not be watched any more. */
  private Set<Watched> store(List<Watched> jobs, Map<RemoteJob, RemoteStatus> statuses) {
    List<String> ended =
        jobs.stream()
            .filter(job -> isOver(statuses.get(job.remoteJob)) || isUnseen(statuses, job))
            .map(job -> job.lease.uuid())
            .toList();
    Map<String, StoredJob> stored = storedJobs.load(ended);
    Map<Watched, CompletableFuture<Applied>> made = new LinkedHashMap<>();
    for (Watched job : jobs) {
      RemoteStatus status = statuses.get(job.remoteJob);
      if (status == null) {
        continue;
      }
      job.checks++;
      if (status.isOver()) {
        StoredJob before = stored.get(job.lease.uuid());
        if (before != null) {
          made.put(job, end(job, before, status));
        }
      } else if (status.state() == RemoteStatus.State.UNSEEN) {
        StoredJob before = stored.get(job.lease.uuid());
        if (before != null) {
          made.put(job, supervision.block(job.lease, before, status));
        }
      } else if (status.state() != job.state || !status.reason().equals(job.reason)) {
        made.put(job, move(job, status));
      }
    }
    Set<Watched> over = new HashSet<>();
    made.forEach(
        (job, change) -> {
          try {
            JobHead head = change.join().after();
            job.unstored = false;
            job.checks = 0;
            job.failedChecks = 0;
            RemoteStatus status = statuses.get(job.remoteJob);
            if (status != null) {
              job.state = status.state();
              job.reason = status.reason();
            }
            if (!head.status().isExecuting()) {
              over.add(job);
              StoredJob before = stored.get(job.lease.uuid());
              if (head.status().isTerminal() && before != null) {
                onEnd.accept(before.job());
              }
            }
          } catch (CompletionException e) {
            if (e.getCause() instanceof LeaseLostException) {
              job.lost = true;
              over.add(job);
            } else {
              job.unstored = !SqlFailure.isOfValues(e.getCause());
              JobLog.about(job.lease.uuid(), () -> complain(job, e.getCause()));
            }
          }
        });
    return over;
  }

  private static void complain(Watched job, @Nullable Throwable error) {
    String uuid = job.lease.uuid();
    if (!SqlFailure.isOfValues(error)) {
      log.warn("What became of job {} could not be stored yet", uuid, error);
    } else if (!job.refused) {
      job.refused = true;
      log.error("The database refuses to store what became of job {}", uuid, error);
    } else {
      log.debug("The database refuses to store what became of job {}", uuid, error);
    }
  }

  private static boolean isUnseen(Map<RemoteJob, RemoteStatus> statuses, Watched job) {
    RemoteStatus status = statuses.get(job.remoteJob);
    return status != null && status.state() == RemoteStatus.State.UNSEEN;
  }

  private static boolean isOver(@Nullable RemoteStatus status) {
    return status != null && status.isOver();
  }

  private CompletableFuture<Applied> end(Watched job, StoredJob stored, RemoteStatus status) {
    return changes.changeLater(
        job.lease,
        head ->
            head.status().isExecuting()
                ? counted(job, RemoteEnd.of(stored, status, head.cancelRequestedBy()))
                : JobChange.NONE.dueAsBefore());
  }

  /** To another state, or in the same one with what the scheduler says of it now. */
  private CompletableFuture<Applied> move(Watched job, RemoteStatus status) {
    JobStatus to =
        status.state() == RemoteStatus.State.RUNNING ? JobStatus.RUNNING : JobStatus.QUEUED;
    boolean saysMore = !status.reason().equals(job.reason);
    String message = status.reason().isBlank() ? to.description() : status.reason();
    return changes.changeLater(
        job.lease,
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

  private JobChange counted(Watched job, JobChange change) {
    return change.countStatusChecks(job.checks, job.failedChecks).lastStatusCheck(clock.instant());
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

  private record Pace(Duration age, Duration interval) {}

  /** The jobs of one system. */
  private static final class SystemWatch {
    final ExecutionSystem system;

    /** By attempt key. */
    final Map<String, Watched> jobs = new HashMap<>();

    /** Keys of jobs to look at now. */
    final Set<String> changed = new HashSet<>();

    boolean querying;

    /** When all jobs are looked at. */
    Instant nextPoll = Instant.MAX;

    /** Queries without an answer in a row. */
    int failures;

    SystemWatch(ExecutionSystem system) {
      this.system = system;
    }

    /** The jobs of which something was heard. */
    List<Watched> changed() {
      List<Watched> heard = new ArrayList<>();
      for (String key : changed) {
        Watched job = jobs.get(key);
        if (job != null) {
          heard.add(job);
        }
      }
      return heard;
    }

    /** Takes out those of which something was heard and that are not watched here any more. */
    List<String> takeUnwatched() {
      List<String> keys = changed.stream().filter(key -> !jobs.containsKey(key)).toList();
      keys.forEach(changed::remove);
      return keys;
    }

    /** How long until a system that does not answer is asked again: twice as long each time. */
    Duration afterFailure() {
      return Duration.ofSeconds(Math.min(1L << Math.min(failures, 6), 60));
    }
  }

  /** A job; touched by one query at a time. */
  private static final class Watched {
    final Lease lease;
    final RemoteJob remoteJob;
    final Instant since;
    RemoteStatus.State state;

    /** What its scheduler has said of its waiting, and the history says too. */
    String reason;

    int checks;
    int failedChecks;

    /** Whether what it was seen to do could not be stored, because the lease is outdated. */
    boolean lost;

    /** Whether what it was seen to do could not be stored, because the database failed. */
    boolean unstored;

    /** Whether it was said that the database does not take what became of it. */
    boolean refused;

    Watched(Lease lease, RemoteJob remoteJob, RemoteStatus status, Instant since) {
      this.lease = lease;
      this.remoteJob = remoteJob;
      this.state = status.state();
      this.reason = status.reason();
      this.since = since;
    }
  }
}
