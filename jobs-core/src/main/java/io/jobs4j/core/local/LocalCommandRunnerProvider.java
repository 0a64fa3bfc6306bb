package io.jobs4j.core.local;

import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import java.util.Set;

/** Opens {@link LocalCommandRunner}s for the protocol LOCAL. Stateless. */
public final class LocalCommandRunnerProvider implements CommandRunnerProvider {
  /** For {@link java.util.ServiceLoader}. */
  public LocalCommandRunnerProvider() {}

  @Override
  public Set<String> protocols() {
    return Set.of("LOCAL");
  }

  @Override
  public CommandRunner open(LoginAccess access) {
    return new LocalCommandRunner();
  }
}
