package io.jobs4j.core.spi;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows what to log in with, for services that keep secrets elsewhere than in definitions. Adapters
 * ask at each new connection, so that short-lived credentials are fresh, and wait for an answer
 * only so long. Safe for use by several threads.
 */
@FunctionalInterface
public interface CredentialSource {
  /**
   * The credential for a login; empty if this source has none and others are to be tried.
   *
   * @throws TransientAdapterException if it cannot be told at present
   */
  Optional<Credential> find(Target target) throws InterruptedException;

  /**
   * Where somebody wants to log in.
   *
   * @param protocol SSH, also for SFTP, which uses the same connections
   * @param host as the definition names it
   * @param port never 0
   * @param username the account that the definition names; {@code null} if it names none
   */
  record Target(String protocol, String host, int port, @Nullable String username) {}
}
