package io.jobs4j.core.spi;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs jobs on one execution system. Safe for use by several threads.
 *
 * <p>Methods throw {@link PermanentAdapterException} for what fails a job and {@link
 * TransientAdapterException} for what blocks it.
 */
public interface RemoteScheduler extends AutoCloseable {
  /**
   * Launches an attempt, or finds it if it was launched before: asked any number of times, by any
   * number of processes, it launches the attempt once.
   *
   * @return the job, and where it is. A job whose id cannot be kept (see {@link RemoteJob}) is
   *     cancelled and fails.
   */
  Submission submit(LaunchSpec spec) throws InterruptedException;

  /** The job of an attempt; empty only if it is certain that it was never launched. */
  Optional<RemoteJob> find(Attempt attempt) throws InterruptedException;

  /**
   * Where jobs are, all asked for at once. A job of which there is no evidence either way is not in
   * the answer, or {@link RemoteStatus.State#UNSEEN} if it is known where it would have to be asked
   * for.
   */
  Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs) throws InterruptedException;

  /**
   * Asks that a job and all that it started be ended, by force if it does not heed. Returns at
   * once; the end shows in {@link #statuses}. Nothing happens if the job is over.
   *
   * @throws TransientAdapterException if nothing can be done now, as when the job cannot be seen
   *     from here
   */
  void cancel(RemoteJob job) throws InterruptedException;

  /**
   * Keeps a job from running on: held in the queue, or stopped where it is. May be asked again for
   * a job that is held.
   */
  void hold(RemoteJob job) throws InterruptedException;

  /** Undoes {@link #hold}. May be asked for a job that is not held. */
  void release(RemoteJob job) throws InterruptedException;

  /** Returns if the scheduler can be reached and throws what is wrong otherwise. */
  void probe() throws InterruptedException;

  /**
   * Asks to be told when the scheduler learns by itself that a job has changed, so that nobody need
   * poll for it. It is told from any thread and must not block. Schedulers that learn nothing by
   * themselves never tell.
   */
  default void onChange(Consumer<RemoteJob> listener) {}

  /**
   * Whether the end of {@code job} will be told of through {@link #onChange}. It will not if the
   * job has ended already.
   */
  default boolean tellsOf(RemoteJob job) {
    return false;
  }

  /** Gives back what the adapter holds. Jobs go on. */
  @Override
  void close();

  /**
   * The answer to a submission.
   *
   * @param job the job as the scheduler knows it
   * @param status where it is; a scheduler that starts jobs at once says so here
   */
  record Submission(RemoteJob job, RemoteStatus status) {}
}
