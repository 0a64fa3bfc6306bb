package io.jobs4j.adapters.fork;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;

class ForkSchedulerContractTest extends RemoteSchedulerContract {
  @Override
  protected CommandRunner openRunner() {
    return new LocalCommandRunner();
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new ForkScheduler(runner);
  }
}
