package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How the files of a system are reached (Agave, system definition, {@code storage}).
 *
 * @param protocol LOCAL, SFTP, FTP, IRODS, HTTP ...
 * @param host where; {@code null} for this machine
 * @param port 0 for the usual one
 * @param rootDir host directory outside which nothing is touched
 * @param homeDir where relative paths start, inside {@code rootDir}
 * @param auth as whom; {@code null} if the definition does not say
 * @param proxy a host on the way; {@code null} for none
 */
public record StorageAccess(
    String protocol,
    @Nullable String host,
    int port,
    String rootDir,
    String homeDir,
    @Nullable AccessAuth auth,
    @Nullable ProxyAccess proxy) {
  /** Without an account and with no host on the way. */
  public StorageAccess(
      String protocol, @Nullable String host, int port, String rootDir, String homeDir) {
    this(protocol, host, port, rootDir, homeDir, null, null);
  }
}
