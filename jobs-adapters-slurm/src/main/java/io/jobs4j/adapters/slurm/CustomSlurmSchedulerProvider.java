package io.jobs4j.adapters.slurm;

import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.core.spi.RemoteSchedulerProvider;
import java.time.Clock;

/**
 * Opens {@link SlurmScheduler}s for systems with the scheduler CUSTOM_SLURM, where the directives
 * of a queue, if it has any, take the place of all resources that would be asked for otherwise
 * (Agave). Stateless.
 */
public final class CustomSlurmSchedulerProvider implements RemoteSchedulerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public CustomSlurmSchedulerProvider() {}

  @Override
  public String scheduler() {
    return "CUSTOM_SLURM";
  }

  @Override
  public RemoteScheduler open(ExecutionSystem system, CommandRunner runner) {
    return new SlurmScheduler(runner, Clock.systemUTC(), true, system.loginEnvironment());
  }
}
