package io.jobs4j.sdk.internal.engine;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.Attempt;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.LaunchSpec;
import io.jobs4j.core.spi.RemoteJob;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import java.util.Optional;

/**
 * The scheduler SCRIPTED, whose jobs were launched before: a test tells what it says of them.
 * Written by hand: a mock would have to be stubbed for two interfaces in each test, and what tests
 * add to it keeps answers and waits.
 */
public abstract class StatusOnlyScheduler implements RemoteScheduler, RemoteSchedulerProvider {
  public static final String NAME = "SCRIPTED";

  @Override
  public String scheduler() {
    return NAME;
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return this;
  }

  @Override
  public Submission submit(LaunchSpec spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<RemoteJob> find(Attempt attempt) {
    throw new UnsupportedOperationException();
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
