package io.jobs4j.adapters.fork;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;

/** Opens {@link ForkScheduler}s for systems with the scheduler FORK. Stateless. */
public final class ForkSchedulerProvider implements RemoteSchedulerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ForkSchedulerProvider() {}

  @Override
  public String scheduler() {
    return "FORK";
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new ForkScheduler(runner);
  }
}
