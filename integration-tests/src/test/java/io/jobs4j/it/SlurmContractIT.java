package io.jobs4j.it;

import io.jobs4j.core.local.LocalCommandRunnerProvider;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;

/** SLURM on this host keeps to what schedulers keep to. */
@RequiresServices(value = Service.SLURM, shared = true)
class SlurmContractIT extends SlurmContract {
  @Override
  protected CommandRunner openRunner() {
    return new WithEnvironment(new LocalCommandRunnerProvider(), cluster.environment())
        .open(new LoginAccess("LOCAL", null, 0));
  }
}
