package io.jobs4j.it;

import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.testsupport.RequiresServices;
import io.jobs4j.testsupport.Service;

/** SLURM on a login node that is reached over SSH keeps to what schedulers keep to. */
@RequiresServices(
    value = {Service.SLURM, Service.SSHD},
    shared = true)
class SlurmOverSshContractIT extends SlurmContract {
  private final LoginNode node = new LoginNode();

  @Override
  protected CommandRunner openRunner() {
    return node.openRunner();
  }

  @Override
  protected String scratchDirectory() {
    return node.home();
  }
}
