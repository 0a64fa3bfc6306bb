package io.jobs4j.adapters.ssh;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.CommandRunner;
import io.jobs4j.core.spi.CommandRunnerProvider;
import io.jobs4j.core.spi.CredentialSource;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.FileStorageProvider;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.StoragePath;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands over SSH and keeps files over SFTP, all on the same few connections. Found with
 * {@link java.util.ServiceLoader} with the defaults below; an application that wants others gives
 * the engine both {@link #commandRunners()} and {@link #storages()} of one that it builds. Safe for
 * use by several threads. There is nothing to close: connections to a host are closed with the last
 * runner and storage that use them.
 *
 * <p><b>Connections.</b> At most two to a host and account, each with at most eight channels, as
 * servers allow ten by default; a server that takes fewer gets fewer, and is asked for one more
 * each half minute. They are opened when needed, once for all who wait, checked by signs of life
 * every 15 seconds, and closed after five idle minutes. A host that cannot be reached is tried
 * again after 1, 2, 4 ... 30 seconds; who asks in between hears what was wrong last.
 *
 * <p><b>Logging in.</b> With what the {@link CredentialSource} gives; else with the password or
 * private key in the {@code auth} of the system's definition; else with {@code ~/.ssh/id_ed25519},
 * {@code id_ecdsa} and {@code id_rsa} of the process's user. The account is that of the credential,
 * else that of the definition, else that of the process. A source that does not answer within
 * {@link Builder#credentialTimeout} blocks jobs on that host with {@link
 * io.jobs4j.core.spi.RecoveryCondition#SSH_CONNECTION_TIMEOUT}, and nothing else.
 *
 * <p><b>Host keys.</b> A host must be in {@code ~/.ssh/known_hosts}, with lines of all kinds that
 * OpenSSH has (patterns, hashed names, authorities, revoked keys), or have a key pinned here. The
 * host's own {@code /etc/ssh/ssh_known_hosts} is not read. An unknown host, a wrong key and a
 * refused login block jobs with {@link
 * io.jobs4j.core.spi.RecoveryCondition#SSH_AUTHENTICATION_FAILED} instead of failing them: only a
 * person can say whether a host got a new key or somebody is in between, and nothing of a job is
 * lost while that person looks.
 *
 * <p><b>Jump hosts.</b> The {@code proxy} of the system's definition, else one given here. Its
 * credentials are looked for like those of the system, with the definition's {@code auth}. No local
 * port is opened.
 */
public final class SshAdapters implements CommandRunnerProvider, FileStorageProvider {
  private static final String SSH = "SSH";
  private static final String SFTP = "SFTP";

  private final ConnectionPool pool;

  /** With all defaults. */
  public SshAdapters() {
    this(builder());
  }

  private SshAdapters(Builder builder) {
    this.pool = new ConnectionPool(builder.settings());
  }

  /** Adapters with settings of one's own. */
  public static Builder builder() {
    return new Builder();
  }

  /** The runners of commands, for an engine. */
  public CommandRunnerProvider commandRunners() {
    return this;
  }

  /** The storages, for an engine. */
  public FileStorageProvider storages() {
    return this;
  }

  /** SSH for commands and SFTP for files. */
  @Override
  public Set<String> protocols() {
    return Set.of(SSH, SFTP);
  }

  /**
   * Opens a runner of commands. It connects when it is first used.
   *
   * @throws PermanentAdapterException if the protocol is not SSH, or there is no host
   */
  @Override
  public CommandRunner open(LoginAccess access) {
    return new SshCommandRunner(
        pool,
        endpoint(
            SSH, access.protocol(), access.host(), access.port(), access.auth(), access.proxy()));
  }

  /**
   * Opens a storage. It connects when it is first used.
   *
   * @throws PermanentAdapterException if the protocol is not SFTP, there is no host, or {@code
   *     rootDir} is no absolute path
   */
  @Override
  public FileStorage open(StorageAccess access) {
    if (!access.rootDir().startsWith("/") || access.rootDir().indexOf('\0') >= 0) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_FILES_SERVICE_ERROR,
          "rootDir \"%s\" of an SFTP storage must be an absolute path, such as \"/data/jobs\"."
              .formatted(access.rootDir()));
    }
    String marker = access.markerFile();
    return new SftpStorage(
        pool,
        endpoint(
            SFTP, access.protocol(), access.host(), access.port(), access.auth(), access.proxy()),
        access.rootDir(),
        marker == null ? null : StoragePath.parse(marker));
  }

  /** For tests. */
  ConnectionPool pool() {
    return pool;
  }

  private static Endpoint endpoint(
      String expected,
      String protocol,
      @Nullable String host,
      int port,
      @Nullable AccessAuth auth,
      @Nullable ProxyAccess proxy) {
    if (!protocol.equals(expected)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_REMOTE_ACCESS_ERROR,
          "Protocol %s is not %s, which this adapter is for.".formatted(protocol, expected));
    }
    if (host == null || host.isBlank()) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_REMOTE_ACCESS_ERROR,
          "A system with protocol %s must have a host.".formatted(protocol));
    }
    return Endpoint.of(host, port, auth, proxy);
  }

  /** Settings of {@link SshAdapters}. Not safe for use by several threads. */
  public static final class Builder {
    private static final int MOST_CONNECTIONS = 16;

    /** One for files and one for commands. */
    private static final int LEAST_CHANNELS = 2;

    private static final int MOST_CHANNELS = 64;

    private final Map<String, Set<HostKeys.Pin>> pins = new HashMap<>();
    private final Map<String, ProxyAccess> jumpHosts = new HashMap<>();
    private CredentialSource source = target -> Optional.empty();
    private Path keyDirectory = home().resolve(".ssh");
    private Path knownHosts = home().resolve(".ssh").resolve("known_hosts");
    private boolean acceptNew;
    private int connections = 2;
    private int channels = 8;
    private Duration credentialTimeout = Duration.ofSeconds(30);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration loginTimeout = Duration.ofSeconds(30);
    private Duration answerTimeout = Duration.ofSeconds(30);
    private Duration channelWait = Duration.ofMinutes(1);
    private Duration idleTimeout = Duration.ofMinutes(5);
    private Duration keepAlive = Duration.ofSeconds(15);
    private Clock clock = Clock.systemUTC();

    private Builder() {}

    /** Where credentials come from before definitions and key files are looked at. */
    public Builder credentials(CredentialSource credentials) {
      this.source = credentials;
      return this;
    }

    /**
     * How long the source of credentials may take for one host; 30 seconds by default. After that
     * the attempt to connect fails, and is made again later.
     */
    public Builder credentialTimeout(Duration time) {
      this.credentialTimeout = positive("credentialTimeout", time);
      return this;
    }

    /** The directory of {@code id_ed25519} and the like, instead of {@code ~/.ssh}. */
    public Builder keyDirectory(Path directory) {
      this.keyDirectory = directory;
      return this;
    }

    /** The file of known hosts, in the format of OpenSSH, instead of {@code ~/.ssh/known_hosts}. */
    public Builder knownHosts(Path file) {
      this.knownHosts = file;
      return this;
    }

    /**
     * Trusts this key of a host. The file of known hosts is not used for a host with pinned keys. A
     * server shows only one of its keys. It is asked for a key of the types that the pinned lines
     * have, so that one line is enough. A fingerprint does not tell the type of its key; where only
     * fingerprints are pinned, those of all keys of the host must be.
     *
     * @param port 0 for the usual one
     * @param key a line of OpenSSH, such as {@code ssh-ed25519 AAAA...}, or a fingerprint, such as
     *     {@code SHA256:...}
     * @throws IllegalArgumentException if {@code key} is neither
     */
    public Builder pinnedHostKey(String host, int port, String key) {
      pins.computeIfAbsent(HostKeys.name(host, Endpoint.orUsual(port)), name -> new HashSet<>())
          .add(HostKeys.pin(key));
      return this;
    }

    /**
     * Trusts the first key that a host shows which is not in the file of known hosts, and writes it
     * there. Who is in between at that moment is trusted from then on.
     */
    public Builder acceptNewHostKeys() {
      this.acceptNew = true;
      return this;
    }

    /**
     * Connects to {@code host} through another one, unless the system's definition names a proxy. A
     * jump host may itself be behind one.
     *
     * @param host as definitions name it
     * @param jumpPort 0 for the usual one
     */
    public Builder jumpHost(String host, String jumpHost, int jumpPort) {
      jumpHosts.put(host, new ProxyAccess(jumpHost, jumpPort));
      return this;
    }

    /**
     * Most connections to a host and account, and most channels on each.
     *
     * @throws IllegalArgumentException unless there are 1 to 16 and 2 to 64
     */
    public Builder limits(int connectionsPerAccount, int channelsPerConnection) {
      if (connectionsPerAccount < 1
          || connectionsPerAccount > MOST_CONNECTIONS
          || channelsPerConnection < LEAST_CHANNELS
          || channelsPerConnection > MOST_CHANNELS) {
        throw new IllegalArgumentException(
            "there must be 1 to %s connections with %s to %s channels, not %s with %s"
                .formatted(
                    MOST_CONNECTIONS,
                    LEAST_CHANNELS,
                    MOST_CHANNELS,
                    connectionsPerAccount,
                    channelsPerConnection));
      }
      this.connections = connectionsPerAccount;
      this.channels = channelsPerConnection;
      return this;
    }

    /** How long a TCP connection may take; 10 seconds by default. */
    public Builder connectTimeout(Duration time) {
      this.connectTimeout = positive("connectTimeout", time);
      return this;
    }

    /** How long key exchange and login may take; 30 seconds by default. */
    public Builder loginTimeout(Duration time) {
      this.loginTimeout = positive("loginTimeout", time);
      return this;
    }

    /** How long a server may take to open a channel or answer over SFTP; 30 seconds by default. */
    public Builder answerTimeout(Duration time) {
      this.answerTimeout = positive("answerTimeout", time);
      return this;
    }

    /**
     * How long to wait for a channel while all are in use; a minute by default. While a connection
     * is being opened it is waited for as long as that may take, by {@link #credentialTimeout},
     * {@link #connectTimeout} and {@link #loginTimeout} for each host on the way, if that is
     * longer.
     */
    public Builder channelWait(Duration time) {
      this.channelWait = positive("channelWait", time);
      return this;
    }

    /** After how long a connection that nobody uses is closed; five minutes by default. */
    public Builder idleTimeout(Duration time) {
      this.idleTimeout = positive("idleTimeout", time);
      return this;
    }

    /**
     * How often connections are checked; 15 seconds by default, 1 at least. One that leaves three
     * checks unanswered is given up, and so is one that takes nothing of what is sent to it for as
     * long; what was under way on it fails.
     */
    public Builder keepAlive(Duration interval) {
      this.keepAlive = positive("keepAlive", interval);
      if (interval.toSeconds() < 1) {
        throw new IllegalArgumentException("keepAlive must be a second at least, not " + interval);
      }
      return this;
    }

    /** Tells how long connections have been idle. For tests. */
    public Builder clock(Clock time) {
      this.clock = time;
      return this;
    }

    /** The adapters. */
    public SshAdapters build() {
      return new SshAdapters(this);
    }

    private SshSettings settings() {
      return new SshSettings(
          new Credentials(
              source, keyDirectory, System.getProperty("user.name", ""), credentialTimeout),
          new HostKeys(knownHosts, pins, acceptNew),
          jumpHosts,
          connections,
          channels,
          connectTimeout,
          loginTimeout,
          answerTimeout,
          channelWait,
          idleTimeout,
          keepAlive,
          clock);
    }

    private static Path home() {
      return Path.of(System.getProperty("user.home", "."));
    }

    private static Duration positive(String name, Duration time) {
      if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "%s must be more than zero and at most a day, not %s".formatted(name, time));
      }
      return time;
    }
  }
}
