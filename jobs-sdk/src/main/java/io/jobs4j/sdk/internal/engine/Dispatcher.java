package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.JobsException;
import io.jobs4j.sdk.JobsEngine;
import io.jobs4j.sdk.StoreException;
import io.jobs4j.sdk.internal.job.Lease;
import io.jobs4j.sdk.internal.job.LeaseLostException;
import io.jobs4j.sdk.internal.job.LeasedJob;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.sql.SqlFailure;
import io.jobs4j.sdk.internal.store.Cluster;
import io.jobs4j.sdk.internal.store.Jobs;
import io.jobs4j.sdk.internal.store.Leases;
import io.jobs4j.sdk.internal.store.Requests;
import io.jobs4j.sdk.internal.store.Store;
import io.jobs4j.sdk.internal.store.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Leases jobs that are ready and gives them to workers, each job to one at a time. It looks into
 * the database when it is told that there is something, when a worker becomes free and there was
 * more than it could take, and when the time of a job comes; beyond that once in a long while,
 * should a word have been lost. A job that is submitted while a worker is idle does not even wait
 * for that: it is stored with its lease.
 *
 * <p>A worker's thread is free while what it did is being stored.
 */
final class Dispatcher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration SAFETY_INTERVAL = Duration.ofSeconds(30);
  private static final Duration DEAF_INTERVAL = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LEAST_REST = Duration.ofMillis(100);
  private static final int ADOPTED_AT_ONCE = 500;

  /** After how many refusals by the database it is said that something is wrong with a job. */
  private static final int REFUSALS = 3;

  private static final Duration LONGEST_REST = Duration.ofMinutes(5);

  private final Jobs jobs;
  private final Requests requests;
  private final Leases leases;
  private final Timers timers;
  private final Cluster cluster;
  private final InstantSource clock;
  private final JobWorker worker;
  private final Duration safetyInterval;
  private final IntFunction<ThreadPoolExecutor> newPool;
  private final Loop loop;

  /** When all was looked at last, by {@link System#nanoTime}; the loop's alone. */
  private long lookedAt = System.nanoTime();

  /** When it was last compared with the database; the loop's alone. */
  private long reconciledAt = System.nanoTime();

  private final ReentrantLock lock = new ReentrantLock();

  // All below is guarded by the lock.

  private final Map<String, WorkerPool> pools = new LinkedHashMap<>();

  /** Jobs that workers have, by UUID. */
  private final Map<String, Lease> working = new HashMap<>();

  /** Leases of jobs that no worker has, to be given back, and how long the jobs are to rest. */
  private final Map<Lease, Duration> toRelease = new HashMap<>();

  /** How often in a row it failed to store what was decided for a job, or to decide, by UUID. */
  private final Map<String, Integer> refusals = new HashMap<>();

  /** Leases of which the database knew and no worker, when they were last compared. */
  private Set<Lease> suspects = new HashSet<>();

  /** Leases that the database says are watched and that are not, when they were last compared. */
  private Set<Lease> unwatched = new HashSet<>();

  /** When leases were last given back; those that come again at once wait a little. */
  private long releasedAt = System.nanoTime() - AFTER_FAILURE.toNanos();

  private boolean orphans = true;

  /** When the time of a job comes, as far as is known; {@code null} if that is not known. */
  private @Nullable Instant timer;

  private boolean timerKnown;
  private boolean closed;

  /**
   * A dispatcher that does not run yet.
   *
   * @param sharedWorkers how many jobs of queues without workers of their own are worked on at
   *     once; 0 if this engine works on no jobs, so that this is not to be started
   * @param newPool makes a pool of so many threads, which this closes
   */
  Dispatcher(
      Store store, JobWorker worker, int sharedWorkers, IntFunction<ThreadPoolExecutor> newPool) {
    this(store, worker, sharedWorkers, newPool, SAFETY_INTERVAL);
  }

  Dispatcher(
      Store store,
      JobWorker worker,
      int sharedWorkers,
      IntFunction<ThreadPoolExecutor> newPool,
      Duration safetyInterval) {
    this.jobs = store.jobs();
    this.requests = store.requests();
    this.leases = store.leases();
    this.timers = store.timers();
    this.cluster = store.cluster();
    this.clock = store.clock();
    this.worker = worker;
    this.safetyInterval = safetyInterval;
    this.newPool = newPool;
    if (sharedWorkers > 0) {
      pools.put(
          TenantQueues.SHARED,
          new WorkerPool(TenantQueues.SHARED, sharedWorkers, true, newPool.apply(sharedWorkers)));
    }
    this.loop = new Loop("dispatcher", "Jobs could not be taken up", this::run);
  }

  void start() {
    loop.start();
  }

  /** Serves a queue with workers of its own from now on, or with another number of them. */
  void serve(String queue, int workers) {
    lock.lock();
    try {
      WorkerPool known = pools.get(queue);
      if (closed || pools.isEmpty()) {
        return;
      } else if (known == null) {
        pools.put(queue, new WorkerPool(queue, workers, false, newPool.apply(workers)));
      } else {
        known.resize(workers);
      }
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Says that a job may have become ready. */
  void wake() {
    lock.lock();
    try {
      pools.values().forEach(pool -> pool.backlog(true));
    } finally {
      lock.unlock();
    }
    loop.wake();
  }

  /** Says that the clock or the database may have changed in any way. */
  void lookAtAll() {
    lock.lock();
    try {
      timerKnown = false;
      orphans = true;
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** As {@link #lookAtAll}, but not at once. */
  private void lookAtAllNextTime() {
    lock.lock();
    try {
      timerKnown = false;
      orphans = true;
      pools.values().forEach(pool -> pool.backlog(true));
    } finally {
      lock.unlock();
    }
  }

  /** Says that the time of a job comes at {@code time}. */
  void wakeAt(Instant time) {
    lock.lock();
    try {
      if (timer == null || time.isBefore(timer)) {
        timer = time;
        loop.wakeWithin(Duration.between(clock.instant(), time));
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a worker for a job that is about to be stored, if one is idle and no other job waits.
   *
   * @return whether one is kept; then {@link #startReserved} or {@link #unreserve} must follow
   */
  boolean reserve(String poolName) {
    lock.lock();
    try {
      WorkerPool pool = pools.get(poolName);
      if (closed || pool == null || pool.backlog() || !pool.hasIdleWorker()) {
        return false;
      }
      pool.begin();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Starts work on a job for which a worker was kept. */
  void startReserved(String poolName, LeasedJob job) {
    lock.lock();
    try {
      WorkerPool pool = pool(poolName);
      pool.end();
      begin(pool, job);
    } finally {
      lock.unlock();
    }
  }

  /** Frees a worker that was kept. */
  void unreserve(String poolName) {
    lock.lock();
    try {
      pool(poolName).end();
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** How many jobs workers have. */
  int working() {
    lock.lock();
    try {
      return working.size();
    } finally {
      lock.unlock();
    }
  }

  private WorkerPool pool(String name) {
    WorkerPool pool = pools.get(name);
    if (pool == null) {
      throw new IllegalArgumentException("there is no pool \"" + name + "\"");
    }
    return pool;
  }

  private Duration run() {
    try {
      if (System.nanoTime() - lookedAt >= lookInterval().toNanos()) {
        lookedAt = System.nanoTime();
        lookAtAll();
        lookForRequests();
      }
      if (System.nanoTime() - reconciledAt >= safetyInterval.toNanos()) {
        reconciledAt = System.nanoTime();
        reconcile();
      }
      Duration rest = look();
      Duration longest = lookInterval();
      return rest.compareTo(longest) < 0 ? rest : longest;
    } catch (RuntimeException | Error e) {
      lookAtAllNextTime();
      throw e;
    }
  }

  /** How often it looks without being told: often where other engines cannot tell it anything. */
  private Duration lookInterval() {
    return cluster.hearsOthers() || safetyInterval.compareTo(DEAF_INTERVAL) < 0
        ? safetyInterval
        : DEAF_INTERVAL;
  }

  private void lookForRequests() {
    if (cluster.others() > 0) {
      requests.ofHeld().forEach(worker::cancelRequested);
    }
  }

  /** Takes up what there is; returns how long until something comes of itself. */
  private Duration look() {
    releaseLeft();
    wakeSleepers();
    adoptOrphans();
    claim();
    lock.lock();
    try {
      Duration longest = toRelease.isEmpty() ? safetyInterval : AFTER_FAILURE;
      Instant next = timer;
      if (next == null) {
        return longest;
      }
      Duration until = Duration.between(clock.instant(), next);
      if (until.isNegative()) {
        return Duration.ZERO;
      }
      return until.compareTo(longest) < 0 ? until : longest;
    } finally {
      lock.unlock();
    }
  }

  private void wakeSleepers() {
    boolean known;
    lock.lock();
    try {
      known = timerKnown && (timer == null || timer.isAfter(clock.instant()));
      timerKnown = true;
      if (!known) {
        // Whoever sets a timer from here on sets it anew.
        timer = null;
      }
    } finally {
      lock.unlock();
    }
    if (known) {
      return;
    }
    int woken = timers.wakeDue();
    if (woken > 0) {
      wake();
    }
    Instant now = clock.instant();
    // What is still due although none could be woken is locked by somebody.
    timers
        .next()
        .ifPresent(time -> wakeAt(woken == 0 && !time.isAfter(now) ? now.plus(LEAST_REST) : time));
  }

  private void adoptOrphans() {
    lock.lock();
    try {
      if (!orphans) {
        return;
      }
      orphans = false;
    } finally {
      lock.unlock();
    }
    List<LeasedJob> adopted;
    do {
      adopted = leases.adopt(ADOPTED_AT_ONCE);
      for (LeasedJob job : adopted) {
        try {
          worker.watch(job);
        } catch (RuntimeException e) {
          // Then a worker tries, again and again.
          String uuid = job.lease().uuid();
          JobLog.about(
              uuid, () -> log.warn("Job {} cannot be watched yet: {}", uuid, e.getMessage()));
          releaseLater(job.lease());
        }
      }
    } while (adopted.size() == ADOPTED_AT_ONCE);
  }

  private void claim() {
    for (WorkerPool pool : poolsWithRoom()) {
      int room;
      lock.lock();
      try {
        room = pool.room();
        // Whoever makes a job ready from here on says so.
        pool.backlog(false);
      } finally {
        lock.unlock();
      }
      if (room == 0) {
        moreIn(pool);
        continue;
      }
      List<LeasedJob> claimed;
      try {
        claimed = leases.claim(pool.name(), room);
      } catch (RuntimeException e) {
        moreIn(pool);
        throw e;
      }
      lock.lock();
      try {
        claimed.forEach(job -> begin(pool, job));
        if (claimed.size() == room) {
          pool.backlog(true);
          if (pool.room() > 0) {
            loop.wake();
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void moreIn(WorkerPool pool) {
    lock.lock();
    try {
      pool.backlog(true);
    } finally {
      lock.unlock();
    }
  }

  private List<WorkerPool> poolsWithRoom() {
    lock.lock();
    try {
      return pools.values().stream().filter(pool -> pool.backlog() && pool.room() > 0).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Gives a job to a worker. The caller has the lock. */
  private void begin(WorkerPool pool, LeasedJob job) {
    if (closed) {
      return;
    }
    Lease known = working.get(job.lease().uuid());
    if (known != null && known.fence() > job.lease().fence()) {
      // It was taken from this engine and given to it again before this one came.
      return;
    }
    working.put(job.lease().uuid(), job.lease());
    worker.expect(job.lease());
    enqueue(pool, job, false);
  }

  private void enqueue(WorkerPool pool, LeasedJob job, boolean readAgain) {
    pool.begin();
    try {
      pool.threads().execute(() -> step(pool, job, readAgain));
    } catch (RejectedExecutionException e) {
      // The engine is closing, and gives all its leases back.
      pool.end();
    }
  }

  private void step(WorkerPool pool, LeasedJob job, boolean readAgain) {
    CompletableFuture<Next> next;
    long start = System.nanoTime();
    MDC.put(JobsEngine.MDC_JOB_ID, job.lease().uuid());
    try {
      LeasedJob current = readAgain ? read(job) : job;
      next =
          current == null ? CompletableFuture.completedFuture(Next.LET_GO) : worker.step(current);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      next = CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      next = CompletableFuture.failedFuture(e);
    } finally {
      MDC.remove(JobsEngine.MDC_JOB_ID);
    }
    left(pool, System.nanoTime() - start);
    CompletableFuture<Void> unused =
        next.handle(
            (what, error) -> {
              follow(pool, job, what, error);
              return null;
            });
  }

  private @Nullable LeasedJob read(LeasedJob job) {
    return jobs.load(job.lease().uuid())
        .map(stored -> new LeasedJob(job.lease(), stored))
        .orElse(null);
  }

  private void left(WorkerPool pool, long nanos) {
    lock.lock();
    try {
      pool.end();
      pool.took(nanos);
      if (pool.backlog()) {
        loop.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  private void follow(
      WorkerPool pool, LeasedJob job, @Nullable Next next, @Nullable Throwable error) {
    String uuid = job.lease().uuid();
    if (next != null && next.kind() != Next.Kind.LET_GO) {
      StoredJob stored = next.job();
      lock.lock();
      try {
        if (next.kind() == Next.Kind.GO_ON) {
          refusals.remove(uuid);
        }
        if (!closed) {
          enqueue(
              pool,
              stored == null ? job : new LeasedJob(job.lease(), stored),
              next.kind() == Next.Kind.READ_AGAIN);
        }
      } finally {
        lock.unlock();
      }
      return;
    }
    int refused = 0;
    if (error != null) {
      Throwable cause = error instanceof CompletionException ? error.getCause() : error;
      refused = countRefusal(uuid, cause);
      int times = refused;
      JobLog.about(uuid, () -> complain(uuid, cause, times));
    }
    lock.lock();
    try {
      if (refused == 0) {
        refusals.remove(uuid);
      }
      // Not what a later lease of the job has put there.
      working.remove(uuid, job.lease());
      worker.forget(job.lease());
      if (error != null) {
        toRelease.put(job.lease(), rest(refused));
        loop.wake();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns how often in a row something failed that fails again; 0 if it may just pass. */
  private int countRefusal(String uuid, @Nullable Throwable error) {
    boolean passes = error instanceof JobsException || error instanceof InterruptedException;
    if (passes && !SqlFailure.isOfValues(error)) {
      return 0;
    }
    lock.lock();
    try {
      return refusals.merge(uuid, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  /** What is refused for itself will be again, so it is tried more and more rarely. */
  private static Duration rest(int refused) {
    return refused == 0
        ? Duration.ZERO
        : Duration.ofSeconds(Math.min(1L << Math.min(refused, 16), LONGEST_REST.toSeconds()));
  }

  private static void complain(String uuid, @Nullable Throwable error, int refused) {
    if (refused == REFUSALS) {
      log.error(
          "Job {} does not get any further: what was decided for it could not be stored {} times."
              + " It is tried again more and more rarely",
          uuid,
          refused,
          error);
    } else if (refused > REFUSALS) {
      log.debug("Job {} could not be stored {} times", uuid, refused, error);
    } else if (error instanceof LeaseLostException) {
      log.info("Job {} is another engine's by now", uuid);
    } else if (error instanceof StoreException) {
      log.warn("Job {} stays as it is, because the database failed", uuid, error);
    } else if (!(error instanceof InterruptedException)) {
      log.error("Job {} stays as it is, because of an error in jobs4j", uuid, error);
    }
  }

  private void releaseLater(Lease lease) {
    lock.lock();
    try {
      toRelease.put(lease, Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Lets others take jobs on which this engine could not go on. */
  private void releaseLeft() {
    Map<Lease, Duration> left;
    lock.lock();
    try {
      left = new HashMap<>(toRelease);
    } finally {
      lock.unlock();
    }
    long now = System.nanoTime();
    if (left.isEmpty() || now - releasedAt < AFTER_FAILURE.toNanos()) {
      return;
    }
    releasedAt = now;
    List<Lease> ready = new ArrayList<>();
    left.forEach(
        (lease, rest) -> {
          if (rest.isZero()) {
            ready.add(lease);
          } else {
            Instant time = clock.instant().plus(rest);
            int unused = Store.result(leases.postpone(lease, time));
            wakeAt(time);
          }
        });
    int given = ready.isEmpty() ? 0 : Store.result(leases.release(ready));
    lock.lock();
    try {
      left.keySet().forEach(toRelease::remove);
    } finally {
      lock.unlock();
    }
    if (given > 0) {
      wake();
    }
  }

  /**
   * Finds jobs that the database says this engine has and that no worker has or nobody watches,
   * because an answer was lost. One that is seen twice is given back; one that is to be watched
   * gets another lease thereby, so that whoever still comes with the old one counts for nothing.
   */
  private void reconcile() {
    Set<Lease> unknown = new HashSet<>(leases.held());
    Set<Lease> missing = new HashSet<>(leases.watched());
    missing.removeAll(worker.watched());
    Set<Lease> missed = new HashSet<>(missing);
    lock.lock();
    try {
      unknown.removeAll(working.values());
      Set<Lease> twice = new HashSet<>(unknown);
      twice.retainAll(suspects);
      suspects = unknown;
      twice.forEach(lease -> toRelease.putIfAbsent(lease, Duration.ZERO));
      missed.retainAll(unwatched);
      unwatched = missing;
    } finally {
      lock.unlock();
    }
    if (!missed.isEmpty() && leases.orphan(missed) > 0) {
      log.warn("{} jobs were watched by nobody and are taken up again", missed.size());
      lookAtAll();
    }
  }

  /** Gives out no more jobs and waits for the workers to leave theirs. */
  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** As {@link #close()}, until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    loop.close(deadline, stop().toArray(ExecutorService[]::new));
  }

  /** Stops what can be stopped without waiting for it; returns what {@link #close} waits for. */
  List<ExecutorService> stop() {
    loop.stop();
    lock.lock();
    try {
      closed = true;
      List<ExecutorService> all =
          pools.values().stream().<ExecutorService>map(WorkerPool::threads).toList();
      all.forEach(ExecutorService::shutdownNow);
      return all;
    } finally {
      lock.unlock();
    }
  }
}
