package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How commands are run on a system (Agave, system definition, {@code login}).
 *
 * @param protocol LOCAL or SSH
 * @param host where; {@code null} for this machine
 * @param port 0 for the usual one
 * @param auth as whom; {@code null} if the definition does not say
 * @param proxy a host on the way; {@code null} for none
 */
public record LoginAccess(
    String protocol,
    @Nullable String host,
    int port,
    @Nullable AccessAuth auth,
    @Nullable ProxyAccess proxy) {
  /** Without an account and with no host on the way. */
  public LoginAccess(String protocol, @Nullable String host, int port) {
    this(protocol, host, port, null, null);
  }
}
