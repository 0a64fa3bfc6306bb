package io.jobs4j.it;

import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteStatus;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Does what another scheduler does; a subclass does some of it differently. */
abstract class ForwardingScheduler implements RemoteScheduler {
  private final RemoteScheduler real;

  ForwardingScheduler(RemoteScheduler real) {
    this.real = real;
  }

  @Override
  public Submission submit(LaunchSpec spec) throws InterruptedException {
    return real.submit(spec);
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) throws InterruptedException {
    return real.find(attempt);
  }

  @Override
  public Map<RemoteJob, RemoteStatus> statuses(Collection<RemoteJob> jobs)
      throws InterruptedException {
    return real.statuses(jobs);
  }

  @Override
  public void cancel(RemoteJob job) throws InterruptedException {
    real.cancel(job);
  }

  @Override
  public void hold(RemoteJob job) throws InterruptedException {
    real.hold(job);
  }

  @Override
  public void release(RemoteJob job) throws InterruptedException {
    real.release(job);
  }

  @Override
  public void probe() throws InterruptedException {
    real.probe();
  }

  @Override
  public void onChange(Consumer<RemoteJob> listener) {
    real.onChange(listener);
  }

  @Override
  public boolean tellsOf(RemoteJob job) {
    return real.tellsOf(job);
  }

  @Override
  public void close() {
    real.close();
  }
}
