package io.jobs4j.core.model;

import io.jobs4j.core.internal.definition.Paths;
import java.util.regex.Pattern;
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
  /** What names the root itself, from the root. */
  private static final Pattern ROOT = Pattern.compile("(/|\\.(?=/|\\z))*");

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

  /**
   * A builder of how files are reached.
   *
   * @param protocol LOCAL, SFTP, or the name of one that the program brings
   * @param rootDir absolute path on the host
   */
  public static Builder builder(String protocol, String rootDir) {
    return new Builder(protocol, rootDir);
  }

  /** Builds storages. Not safe for use by several threads. */
  public static final class Builder {
    private final String protocol;
    private final String rootDir;
    private @Nullable String host;
    private int port;
    private String homeDir = "/";
    private @Nullable AccessAuth auth;
    private @Nullable ProxyAccess proxy;
    private @Nullable String markerFile;

    private Builder(String protocol, String rootDir) {
      this.protocol = protocol;
      this.rootDir = rootDir;
    }

    public Builder host(@Nullable String value) {
      this.host = value;
      return this;
    }

    public Builder port(int value) {
      this.port = value;
      return this;
    }

    /** Where relative paths start, inside the {@code rootDir}; its top if nothing is said. */
    public Builder homeDir(String value) {
      this.homeDir = value;
      return this;
    }

    public Builder auth(@Nullable AccessAuth value) {
      this.auth = value;
      return this;
    }

    public Builder proxy(@Nullable ProxyAccess value) {
      this.proxy = value;
      return this;
    }

    public Builder markerFile(@Nullable String value) {
      this.markerFile = value;
      return this;
    }

    /**
     * Returns the storage.
     *
     * @throws IllegalArgumentException if something is wrong with it as far as that shows without
     *     other definitions; tells the field, its value and what would be right
     */
    public StorageAccess build() {
      return build(DefinitionCheck.refusing("storage " + protocol));
    }

    /** Returns the storage, right or wrong, and tells all that is wrong with it. */
    public StorageAccess build(FieldProblems problems) {
      DefinitionCheck check = new DefinitionCheck(problems);
      AccessRules.check(check, protocol, host, port, auth, proxy);
      String expectedRoot = Paths.expectedRoot(rootDir);
      if (expectedRoot != null) {
        check.wrong("rootDir", rootDir.isEmpty() ? null : rootDir, expectedRoot);
      } else if (!rootDir.startsWith("/")) {
        check.wrong("rootDir", rootDir, "must be an absolute path, such as \"/home/alice\"");
      }
      check.path("homeDir", homeDir);
      if (check.path("markerFile", markerFile)
          && markerFile != null
          && ROOT.matcher(markerFile).matches()) {
        check.wrong(
            "markerFile",
            markerFile,
            "must name a file below the rootDir, such as \".mounted\", not the rootDir");
      }
      return new StorageAccess(protocol, host, port, rootDir, homeDir, auth, proxy, markerFile);
    }
  }
}
