package io.jobs4j.testkit;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Does what another scheduler does. A subclass overrides what it does differently, as to count
 * calls, to delay them, or to fail, and calls the method of this class where the other one is to do
 * it. Safe for use by several threads if the other one is.
 *
 * <pre>{@code
 * RemoteScheduler forgetful =
 *     new ForwardingScheduler(scheduler) {
 *       @Override
 *       public Optional<RemoteJob> find(Attempt attempt) {
 *         return Optional.empty();
 *       }
 *     };
 * }</pre>
 */
public abstract class ForwardingScheduler implements RemoteScheduler {
  private final RemoteScheduler scheduler;

  /**
   * Forwards all calls.
   *
   * @param scheduler does what is asked for; it is closed with this one
   */
  protected ForwardingScheduler(RemoteScheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    return scheduler.submit(spec);
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    return scheduler.find(attempt);
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
      throws InterruptedException {
    return scheduler.statuses(jobs);
  }

  @Override
  public void cancel(RemoteJob job) throws InterruptedException {
    scheduler.cancel(job);
  }

  @Override
  public void hold(RemoteJob job) throws InterruptedException {
    scheduler.hold(job);
  }

  @Override
  public void release(RemoteJob job) throws InterruptedException {
    scheduler.release(job);
  }

  @Override
  public void probe() throws InterruptedException {
    scheduler.probe();
  }

  @Override
  public void onChange(Consumer<RemoteJob> listener) {
    scheduler.onChange(listener);
  }

  @Override
  public boolean tellsOf(RemoteJob job) {
    return scheduler.tellsOf(job);
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
