package io.jobs4j.testkit;

import io.jobs4j.core.local.LocalCommandRunner;
import io.jobs4j.core.spi.CommandRunner;

class LocalCommandRunnerContractTest extends CommandRunnerContract {
  @Override
  protected CommandRunner open() {
    return new LocalCommandRunner();
  }
}
