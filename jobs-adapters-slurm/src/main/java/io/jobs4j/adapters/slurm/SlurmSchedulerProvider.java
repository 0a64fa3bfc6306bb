package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import java.time.Clock;

/** Opens {@link SlurmScheduler}s for systems with the scheduler SLURM. Stateless. */
public final class SlurmSchedulerProvider implements RemoteSchedulerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public SlurmSchedulerProvider() {}

  @Override
  public String scheduler() {
    return "SLURM";
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new SlurmScheduler(runner, Clock.systemUTC(), false, system.loginEnvironment());
  }
}
