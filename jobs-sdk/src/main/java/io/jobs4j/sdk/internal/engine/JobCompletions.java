package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.Job;
import io.jobs4j.sdk.EngineClosedException;
import io.jobs4j.sdk.JobNotFoundException;
import io.jobs4j.sdk.internal.job.StoredJob;
import io.jobs4j.sdk.internal.store.Cluster;
import io.jobs4j.sdk.internal.store.Jobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * Futures of jobs that complete when their jobs have ended. One thread looks for all of them, many
 * jobs with one query. Safe for use by several threads.
 */
final class JobCompletions implements AutoCloseable {
  private static final int AT_ONCE = 500;

  private final Jobs jobs;
  private final Cluster cluster;
  private final JobFeed feed;

  /** By the ids of their jobs. */
  private final Map<String, Set<CompletableFuture<Job>>> pending = new ConcurrentHashMap<>();

  /** The ids of jobs that may have ended. */
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /** Completes them, with what depends on them. */
  private final ExecutorService threads;

  private final Loop loop;
  private volatile boolean closed;

  /** When all were looked at last, by {@link System#nanoTime}; the loop's alone. */
  private long lookedAt = System.nanoTime();

  /**
   * Completions of which none is looked for yet.
   *
   * @param threads complete them; stopped in the end
   */
  JobCompletions(Jobs jobs, Cluster cluster, JobFeed feed, ExecutorService threads) {
    this.jobs = jobs;
    this.cluster = cluster;
    this.feed = feed;
    this.threads = threads;
    this.loop = new Loop("completions", "The ends of jobs could not be looked for", this::look);
  }

  /** Begins to look. */
  void start() {
    loop.start();
  }

  /**
   * Completes when the job has ended; exceptionally if there is no such job any more, or with the
   * engine. What depends on it is run by a few threads that all completions share.
   */
  CompletableFuture<Job> of(String uuid) {
    CompletableFuture<Job> future = new CompletableFuture<>();
    pending.compute(
        uuid,
        (key, known) -> {
          Set<CompletableFuture<Job>> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          all.add(future);
          return all;
        });
    JobFeed.Subscription changes = feed.subscribeEnd(uuid, () -> tell(uuid));
    CompletableFuture<Job> unused =
        future.whenComplete(
            (job, error) -> {
              changes.close();
              remove(uuid, future);
            });
    tell(uuid);
    if (closed) {
      fail(future, new EngineClosedException());
    }
    return future;
  }

  @SuppressWarnings("CollectionUndefinedEquality") // Each is equal to itself alone.
  private void remove(String uuid, CompletableFuture<Job> future) {
    pending.computeIfPresent(
        uuid,
        (key, all) -> {
          all.remove(future);
          return all.isEmpty() ? null : all;
        });
  }

  private void tell(String uuid) {
    told.add(uuid);
    loop.wake();
  }

  private Duration look() {
    Duration interval = cluster.hearsOthers() ? JobFeed.SAFETY_INTERVAL : JobFeed.POLL_INTERVAL;
    List<String> uuids = new ArrayList<>(told);
    told.removeAll(uuids);
    boolean all = System.nanoTime() - lookedAt >= interval.toNanos();
    if (all) {
      uuids = new ArrayList<>(pending.keySet());
    }
    try {
      for (int from = 0; from < uuids.size(); from += AT_ONCE) {
        look(uuids.subList(from, Math.min(from + AT_ONCE, uuids.size())));
      }
    } catch (RuntimeException | Error e) {
      told.addAll(uuids);
      throw e;
    }
    if (all) {
      lookedAt = System.nanoTime();
    }
    Duration passed = Duration.ofNanos(System.nanoTime() - lookedAt);
    return passed.compareTo(interval) < 0 ? interval.minus(passed) : Duration.ZERO;
  }

  private void look(List<String> uuids) {
    Map<String, StoredJob> stored = jobs.load(uuids);
    for (String uuid : uuids) {
      StoredJob job = stored.get(uuid);
      if (job == null) {
        take(uuid).forEach(future -> fail(future, new JobNotFoundException(uuid)));
      } else if (job.job().status().isTerminal()) {
        take(uuid).forEach(future -> complete(future, job));
      }
    }
  }

  /** Those that wait for a job, which nobody else completes from here on. */
  private Set<CompletableFuture<Job>> take(String uuid) {
    Set<CompletableFuture<Job>> waiting = pending.remove(uuid);
    return waiting == null ? Set.of() : waiting;
  }

  private void complete(CompletableFuture<Job> future, StoredJob stored) {
    execute(() -> future.complete(stored.job()));
  }

  private void fail(CompletableFuture<Job> future, RuntimeException reason) {
    execute(() -> future.completeExceptionally(reason));
  }

  private void execute(Runnable completion) {
    try {
      threads.execute(completion);
    } catch (RejectedExecutionException e) {
      // The engine is closed, and nobody else completes what was taken.
      completion.run();
    }
  }

  /** Stops without waiting for that; {@link #close} must follow. */
  void stop() {
    closed = true;
    loop.stop();
  }

  @Override
  public void close() {
    close(ShutdownDeadline.within(ShutdownDeadline.LIMIT));
  }

  /** Completes what has not ended exceptionally, and waits until a deadline that others share. */
  void close(ShutdownDeadline deadline) {
    stop();
    loop.close(deadline);
    // Without an interrupt for what depends on those that have completed.
    threads.shutdown();
    List<Runnable> rest = new ArrayList<>();
    for (String uuid : List.copyOf(pending.keySet())) {
      take(uuid)
          .forEach(
              future -> rest.add(() -> future.completeExceptionally(new EngineClosedException())));
    }
    // What depends on them may take long, and may be what the other threads are at.
    Thread last = new Thread(() -> rest.forEach(Runnable::run), "jobs4j-completion-last");
    last.setDaemon(true);
    last.start();
  }
}
