package io.jobs4j.benchmarks;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * In place of scheduler FORK: all jobs are always in one state. It keeps nothing, so that it takes
 * neither time nor memory, and could not tell what it has launched. Safe for use by several
 * threads.
 */
final class SteadyScheduler implements RemoteSchedulerProvider, RemoteScheduler {
  private final Supplier<RemoteStatus> state;
  private final Consumer<Attempt> onSubmit;
  private final AtomicLong submitted = new AtomicLong();
  private final AtomicLong statusCalls = new AtomicLong();

  private SteadyScheduler(Supplier<RemoteStatus> state, Consumer<Attempt> onSubmit) {
    this.state = state;
    this.onSubmit = onSubmit;
  }

  /** Every job has returned zero by the time its submission is answered. */
  static SteadyScheduler endsAtOnce() {
    return endsAtOnce(attempt -> {});
  }

  /**
   * Every job has returned zero by the time its submission is answered.
   *
   * @param onSubmit is told first
   */
  static SteadyScheduler endsAtOnce(Consumer<Attempt> onSubmit) {
    return new SteadyScheduler(() -> RemoteStatus.exited(0, null, null), onSubmit);
  }

  /** Every job waits for ever. */
  static SteadyScheduler staysQueued() {
    return new SteadyScheduler(() -> RemoteStatus.queued(""), attempt -> {});
  }

  /** Jobs submitted so far. */
  long submitted() {
    return submitted.get();
  }

  /** How often statuses were asked for, of however many jobs at once. */
  long statusCalls() {
    return statusCalls.get();
  }

  @Override
  public String scheduler() {
    return "FORK";
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return this;
  }

  @Override
  public Submission submit(LaunchSpec spec) {
    onSubmit.accept(spec.attempt());
    String id = Long.toString(submitted.incrementAndGet());
    return new Submission(new RemoteJob(id, spec.attempt()), state.get());
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) {
    return Optional.empty();
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs) {
    statusCalls.incrementAndGet();
    Map<RemoteJob, RemoteStatus> statuses = new HashMap<>();
    jobs.forEach(job -> statuses.put(job, state.get()));
    return statuses;
  }

  @Override
  public void cancel(RemoteJob job) {}

  @Override
  public void hold(RemoteJob job) {}

  @Override
  public void release(RemoteJob job) {}

  @Override
  public void probe() {}

  @Override
  public void close() {}
}
