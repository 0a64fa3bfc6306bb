package io.jobs4j.core.spi;

import io.jobs4j.core.model.LoginAccess;
import java.util.Set;

/**
 * Opens command runners for the protocols that it knows. Found with {@link
 * java.util.ServiceLoader}; an engine makes a class that provides several services once.
 */
public interface CommandRunnerProvider {
  /** The protocols, in capitals. */
  Set<String> protocols();

  /** Opens one; the caller closes it. */
  CommandRunner open(LoginAccess access);
}
