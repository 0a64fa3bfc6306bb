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
 * @param markerFile a path below {@code rootDir} of a file or directory that is there whenever the
 *     file system of the storage is mounted; without it, nothing is read or written. {@code null}
 *     if there is none
 */
public record StorageAccess(
    String protocol,
    @Nullable String host,
    int port,
    String rootDir,
    String homeDir,
    @Nullable AccessAuth auth,
    @Nullable ProxyAccess proxy,
    @Nullable String markerFile) {
  /** Without a marker file. */
  public StorageAccess(
      String protocol,
      @Nullable String host,
      int port,
      String rootDir,
      String homeDir,
      @Nullable AccessAuth auth,
      @Nullable ProxyAccess proxy) {
    this(protocol, host, port, rootDir, homeDir, auth, proxy, null);
  }

  /** Without an account, a host on the way, and a marker file. */
  public StorageAccess(
      String protocol, @Nullable String host, int port, String rootDir, String homeDir) {
    this(protocol, host, port, rootDir, homeDir, null, null, null);
  }
}
