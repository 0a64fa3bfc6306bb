package io.jobs4j.it;

import io.jobs4j.adapters.fork.ForkScheduler;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.RemoteScheduler;
import io.jobs4j.testkit.RemoteSchedulerContract;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;

/** FORK on a host that is reached over SSH keeps to what schedulers keep to. */
@RequiresServices(value = Service.SSHD, shared = true)
class ForkOverSshContractIT extends RemoteSchedulerContract {
  private final LoginNode node = new LoginNode();

  @Override
  protected CommandRunner openRunner() {
    return node.openRunner();
  }

  @Override
  protected RemoteScheduler openScheduler(CommandRunner runner) {
    return new ForkScheduler(runner);
  }
}
